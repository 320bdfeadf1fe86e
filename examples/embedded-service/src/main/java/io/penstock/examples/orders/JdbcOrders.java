package io.penstock.examples.orders;

import io.penstock.JobQueue;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/** Orders are placed with plain JDBC: the job is enqueued on the connection whose transaction stores the order. */
final class JdbcOrders {

    private final DataSource database;
    private final JobQueue queue;

    JdbcOrders(DataSource database, JobQueue queue) {
        this.database = database;
        this.queue = queue;
    }

    /** Stores the order and its job, or neither; answers the order's number. */
    long place(String customer, long cents) throws SQLException {
        try (Connection transaction = database.getConnection()) {
            transaction.setAutoCommit(false);
            long order = place(transaction, customer, cents);
            transaction.commit();
            return order;
        }
    }

    /** The same as a part of a transaction of the caller's. */
    long place(Connection transaction, String customer, long cents) throws SQLException {
        long order = OrderTable.insert(transaction, customer, cents);
        queue.enqueue(transaction, ConfirmOrder.TYPE.with(new ConfirmOrder(order)));
        return order;
    }
}
