package io.penstock.examples.orders;

import io.penstock.examples.orders.OrderTable.Order;
import io.penstock.handler.JobContext;
import io.penstock.handler.JobHandler;
import io.penstock.job.Outcome;
import java.sql.Connection;
import javax.sql.DataSource;

/**
 * Mails the customer, and marks the order as confirmed. The mail may be sent twice, if the process dies between the two; its key
 * says that it is the same one. The mark is made exactly once: it is committed with the job's completion.
 */
final class ConfirmOrderHandler implements JobHandler<ConfirmOrder> {

    private final DataSource database;
    private final Mailer mailer;

    ConfirmOrderHandler(DataSource database, Mailer mailer) {
        this.database = database;
        this.mailer = mailer;
    }

    @Override
    public Outcome handle(JobContext<ConfirmOrder> context) throws Exception {
        long number = context.payload().order();
        Order order = OrderTable.find(database, number).orElseThrow(() -> new NoSuchOrderException(number));
        mailer.send(
                context.attempt().jobId() + "/" + context.attempt().generation(),
                order.customer(),
                "order " + number + " over " + order.cents() + " cents is confirmed");
        try (Connection transaction = database.getConnection()) {
            transaction.setAutoCommit(false);
            OrderTable.confirm(transaction, number);
            context.complete(transaction);
            transaction.commit();
        }
        return Outcome.completed();
    }
}
