package io.penstock.alert;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.JobQueue;
import io.penstock.job.QueueDefinition;
import io.penstock.objective.AlertRoute;
import io.penstock.objective.LatencyObjective;
import io.penstock.operate.AlertOperations;
import io.penstock.testkit.PenstockDatabase;
import io.penstock.testkit.TcpProxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** To whom the watch tells it. */
class TellingTest extends Watched {

    @Test
    void alertsAreSentAsJobs() throws SQLException {
        try (PenstockDatabase database = PenstockDatabase.create("watch", true)) {
            JobQueue queue = queue(database);
            queue.declare(QueueDefinition.of("oncall", 1, 2, 1));
            queue.declareObjectives(LatencyObjective.of(QUEUE, Duration.ofSeconds(5), 0.99));
            AlertOperations operations = AlertOperations.on(database.dataSource(), "ada");
            operations.route(AlertRoute.of("hook", "oncall", "hook")
                    .matching("growth/page/%")
                    .link("https://ops.example.org/{queue}?alert={key}"));
            operations.route(AlertRoute.of("manager", "oncall", "manager")
                    .matching("growth/%")
                    .format(AlertRoute.Format.ALERTMANAGER));
            operations.route(AlertRoute.of("tickets", "oncall", "tickets").matching("%/ticket/%"));
            Watch one = watch(database);
            Watch other = watch(database);
            for (int second = 0; second < 20; second++) {
                queue.enqueue(STEP.with(new Step("reboot")));
                looks(database, one, 1);
                other.look();
            }
            String jobs =
                    "SELECT type || ' ' || count(*) FROM penstock.live WHERE type <> 'step' GROUP BY type ORDER BY type";
            assertThat(database.query(jobs)).containsExactly("hook 1", "manager 1");
            assertThat(
                            database.query(
                                    "SELECT concat_ws(' ', payload ->> 'status', payload ->> 'key', payload ->> 'queue',"
                                            + " payload ->> 'severity', payload ->> 'link', payload ->> 'resolved_at') FROM penstock.live WHERE type = 'hook'"))
                    .containsExactly("open growth/page/runbooks latency runbooks page"
                            + " https://ops.example.org/runbooks?alert=growth%2Fpage%2Frunbooks%20latency");
            assertThat(database.query(
                            "SELECT concat_ws(' ', a -> 'labels' ->> 'alertname', a -> 'labels' ->> 'rule', a -> 'labels' ->> 'queue',"
                                    + " (a ->> 'endsAt')::timestamptz - (a ->> 'startsAt')::timestamptz)"
                                    + " FROM penstock.live, jsonb_array_elements(payload) AS a WHERE type = 'manager'"))
                    .containsExactly("Penstock growth runbooks 7 days");

            database.execute("DELETE FROM penstock.live WHERE type = 'step'");
            looks(database, one, 150);
            other.look();
            assertThat(database.query(jobs)).containsExactly("hook 2", "manager 2");
            assertThat(database.query(
                            "SELECT payload ->> 'status' FROM penstock.live WHERE type = 'hook' ORDER BY position"))
                    .containsExactly("open", "resolved");
            assertThat(operations.removeRoute("manager")).isTrue();
            assertThat(operations.removeRoute("manager")).isFalse();
            assertThat(operations.routes()).extracting(AlertRoute::name).containsExactly("hook", "tickets");
        }
    }

    /** The alert is stored, sent and told, each once, whether the transaction that opened it was lost or only the answer to its commit. */
    @ParameterizedTest
    @EnumSource
    void aConnectionCutAroundTheCommitLosesNoAlert(TcpProxy.Cut cut) throws SQLException {
        try (PenstockDatabase database = PenstockDatabase.create("watch", true);
                TcpProxy proxy = TcpProxy.before(database.dataSource())) {
            JobQueue queue = queue(database);
            queue.declare(QueueDefinition.of("oncall", 1, 2, 1));
            queue.declareObjectives(LatencyObjective.of(QUEUE, Duration.ofSeconds(5), 0.99));
            AlertOperations.on(database.dataSource(), "ada")
                    .route(AlertRoute.of("hook", "oncall", "hook").matching("growth/%"));
            Watch watch = new Watch("test", proxy.dataSource(database.dataSource()), new Times(), List.of(new Told()));
            watch.step();
            proxy.cut("penstock.enqueue_one", cut);
            for (int second = 0; second < 20; second++) {
                queue.enqueue(STEP.with(new Step("reboot")));
                pass(database, 1);
                watch.step();
            }
            assertThat(proxy.allCut()).isTrue();
            assertThat(told.stream().filter(line -> line.startsWith("growth/page/runbooks latency at ")))
                    .hasSize(1);
            assertThat(database.number("SELECT count(*) FROM penstock.live WHERE type = 'hook'"))
                    .isEqualTo(1);
        }
    }

    @Test
    void anAlertWhoseJobCannotBeMadeIsToldAllTheSame() throws SQLException {
        try (PenstockDatabase database = PenstockDatabase.create("watch", true)) {
            JobQueue queue = queue(database);
            queue.declare(QueueDefinition.of("oncall", 1, 2, 1));
            queue.declareObjectives(LatencyObjective.of(QUEUE, Duration.ofSeconds(5), 0.99));
            AlertOperations.on(database.dataSource(), "ada").route(AlertRoute.of("hook", "oncall", "hook"));
            Watch watch = watch(database);
            try (Connection locker = database.connect();
                    Statement lock = locker.createStatement()) {
                locker.setAutoCommit(false);
                lock.execute("LOCK TABLE penstock.live_q2_s0 IN ACCESS EXCLUSIVE MODE");
                queue.enqueue(Stream.generate(() -> STEP.with(new Step("many")))
                        .limit(20)
                        .toList());
                looks(database, watch, 20);
                assertThat(told).anyMatch(line -> line.startsWith("growth/page/runbooks latency at "));
                locker.rollback();
            }
            assertThat(database.number("SELECT count(*) FROM penstock.live WHERE type = 'hook'"))
                    .as("the lock was held when it opened")
                    .isZero();
        }
    }
}
