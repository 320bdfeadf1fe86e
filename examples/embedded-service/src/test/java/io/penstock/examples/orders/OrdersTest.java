package io.penstock.examples.orders;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.job.JobSnapshot;
import io.penstock.job.JobState;
import io.penstock.junit.PenstockExtension;
import io.penstock.worker.WorkerBuilder;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the service does with its jobs, with the worker that it starts in production. */
class OrdersTest {

    // TESTING: begin
    @RegisterExtension
    static final PenstockExtension penstock =
            PenstockExtension.create().queues("orders").prepare(OrderTable::create);

    private final List<String> mails = new ArrayList<>();
    private boolean mailServerIsDown;
    private JdbcOrders orders;
    private WorkerBuilder worker;

    @BeforeEach
    void prepare() {
        orders = new JdbcOrders(penstock.dataSource(), penstock.jobs());
        worker = OrderService.worker(penstock.jobs(), penstock.dataSource(), (key, to, text) -> {
            if (mailServerIsDown) {
                throw new IOException("no mail server");
            }
            mails.add(to);
        });
    }

    @Test
    void anOrderIsConfirmed() throws SQLException {
        long order = orders.place("ada", 1999);
        assertThat(penstock.assertEnqueued(ConfirmOrder.TYPE)).isEqualTo(new ConfirmOrder(order));

        penstock.runUntilIdle(worker);

        assertThat(mails).containsExactly("ada");
        assertThat(confirmed(order)).isTrue();
        assertThat(penstock.enqueued()).isEmpty();
    }

    @Test
    void anOrderThatIsRolledBackLeavesNoJob() throws SQLException {
        try (Connection transaction = penstock.dataSource().getConnection()) {
            transaction.setAutoCommit(false);
            orders.place(transaction, "ada", 1999);
            transaction.rollback();
        }
        assertThat(penstock.enqueued(ConfirmOrder.TYPE)).isEmpty();
    }

    @Test
    void aConfirmationThatFailedIsTriedAgain() throws SQLException {
        long order = orders.place("ada", 1999);
        mailServerIsDown = true;
        assertThat(penstock.runOne(worker)).get().extracting(JobSnapshot::state).isEqualTo(JobState.RETRYABLE);
        assertThat(penstock.runOne(worker)).as("before its time").isEmpty();

        mailServerIsDown = false;
        penstock.advance(Duration.ofMinutes(5)); // the longest delay of its retry policy
        assertThat(penstock.runOne(worker)).get().extracting(JobSnapshot::state).isEqualTo(JobState.COMPLETED);
        assertThat(confirmed(order)).isTrue();
    }
    // TESTING: end

    @Test
    void anOrderPlacedWithJooqIsConfirmed() throws SQLException {
        JooqOrders withJooq = new JooqOrders(DSL.using(penstock.dataSource(), SQLDialect.POSTGRES), penstock.jobs());
        long order = withJooq.place("grace", 1);
        assertThat(penstock.assertEnqueued(ConfirmOrder.TYPE)).isEqualTo(new ConfirmOrder(order));
        penstock.runUntilIdle(worker);
        assertThat(mails).containsExactly("grace");
        assertThat(confirmed(order)).isTrue();
    }

    @Test
    void anOrderThatIsNotThereIsGivenUpAtOnce() {
        penstock.jobs().enqueue(ConfirmOrder.TYPE.with(new ConfirmOrder(17)));
        JobSnapshot job = penstock.runOne(worker).orElseThrow();
        assertThat(job.state()).isEqualTo(JobState.DISCARDED);
        assertThat(job.reason()).isEqualTo("order 17: expected it to be stored, found none");
    }

    private static boolean confirmed(long order) throws SQLException {
        return OrderTable.find(penstock.dataSource(), order).orElseThrow().confirmed();
    }
}
