package io.penstock.enqueue;

import static io.penstock.enqueue.Queues.mail;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.JobQueue;
import io.penstock.error.RefusedException;
import io.penstock.job.NewJob;
import io.penstock.testkit.PenstockDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;
import org.junit.jupiter.api.Test;

@PenstockDatabase.Fresh
class JooqTransactionTest {

    @Test
    void aJobJoinsTheTransactionOfAJooqConfiguration(PenstockDatabase database) throws SQLException {
        JobQueue queue = Queues.declared(database);
        NewJob<Queues.Mail> job = mail();
        try (Connection connection = database.connect()) {
            DSLContext jooq = DSL.using(connection, SQLDialect.POSTGRES);
            jooq.transaction(configuration -> {
                configuration.dsl().execute("CREATE TABLE public.effect (name text)");
                assertThat(queue.enqueue(configuration, List.of(job, mail()))).hasSize(2);
                assertThat(queue.find(job.id())).as("before the commit").isEmpty();
            });
            assertThat(connection.isClosed()).isFalse();
        }
        assertThat(queue.find(job.id())).isPresent();
        assertThat(database.query("SELECT to_regclass('public.effect')::text")).containsExactly("effect");
    }

    @Test
    void aJobGoesWithTheTransactionOfAJooqConfigurationThatFails(PenstockDatabase database) {
        JobQueue queue = Queues.declared(database);
        NewJob<Queues.Mail> job = mail();
        DSLContext jooq = DSL.using(database.dataSource(), SQLDialect.POSTGRES);

        assertThatThrownBy(() -> jooq.transaction(configuration -> {
                    queue.enqueue(configuration, job);
                    throw new IllegalStateException("the caller's own");
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the caller's own");

        assertThat(queue.find(job.id())).isEmpty();
    }

    @Test
    void aRefusalComesThroughJooqAsItIs(PenstockDatabase database) {
        JobQueue queue = Queues.declared(database);
        DSLContext jooq = DSL.using(database.dataSource(), SQLDialect.POSTGRES);

        assertThatThrownBy(
                        () -> jooq.transaction(configuration -> queue.enqueue(configuration, mail().queue("absent"))))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("queue \"absent\": expected an existing queue");
    }
}
