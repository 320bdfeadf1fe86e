package io.penstock.operate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.error.RefusedException;
import io.penstock.job.Pause;
import io.penstock.job.PauseScope;
import io.penstock.job.QueueDefinition;
import io.penstock.job.QueueStatus;
import io.penstock.testkit.Login;
import io.penstock.testkit.PenstockDatabase;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

@PenstockDatabase.Fresh
class QueueOperationsTest {

    @Test
    void aQueueIsShownWithWhatIsInIt(PenstockDatabase database) throws SQLException {
        OperatedQueue queue = new OperatedQueue(database);
        queue.discarded("boom");
        queue.running(queue.job());
        queue.enqueue();
        queue.enqueue();
        queue.jobQueue.enqueue(queue.job().runIn(Duration.ofHours(1)));

        QueueStatus status = queue.queues.show(queue.name).orElseThrow();

        assertThat(List.of(status.available(), status.running(), status.waiting(), status.discarded()))
                .containsExactly(2, 1, 1, 1);
        assertThat(status.headEligibleAt()).isBefore(status.nextDueAt());
        assertThat(status.paused()).isNull();
        assertThat(queue.queues.show("none")).isEmpty();
    }

    @Test
    void aCountEndsAtItsCap(PenstockDatabase database) throws SQLException {
        OperatedQueue queue = new OperatedQueue(database);
        queue.jobQueue.enqueue(
                Stream.generate(queue::job).limit(QueueStatus.CAP).toList());
        assertThat(QueueStatus.counted(
                        queue.queues.show(queue.name).orElseThrow().available()))
                .isEqualTo("10000");
        queue.jobQueue.enqueue(Stream.generate(queue::job).limit(500).toList());

        assertThat(QueueStatus.counted(
                        queue.queues.show(queue.name).orElseThrow().available()))
                .isEqualTo("10000+");
    }

    @Test
    void aPauseMayBeOfATypeOrAKeyAndMayEndByItself(PenstockDatabase database) throws SQLException {
        OperatedQueue queue = new OperatedQueue(database);
        PauseScope type = PauseScope.type("mail");
        assertThat(queue.queues.pause(queue.name, type, "ada", "incident 7", Duration.ofHours(1)))
                .isTrue();
        assertThat(queue.queues.pause(queue.name, PauseScope.key("acme"), "ada", null, null))
                .isTrue();
        assertThat(queue.queues.pause(queue.name, PauseScope.queue(), "ada", null, Duration.ofMinutes(1)))
                .isTrue();
        List<Pause> pauses = queue.queues.show(queue.name).orElseThrow().pauses();
        assertThat(pauses)
                .extracting(Pause::scope)
                .as("the whole queue first")
                .containsExactly(PauseScope.queue(), PauseScope.key("acme"), type);
        assertThat(pauses.get(2).words()).matches("paused since \\S+ by ada until \\S+: incident 7");

        database.execute("UPDATE penstock.pause SET until = penstock.clock() WHERE subject <> 'key acme'");
        assertThat(queue.queues.show(queue.name).orElseThrow().pauses())
                .extracting(Pause::scope)
                .containsExactly(PauseScope.key("acme"));
        assertThat(queue.queues.resume(queue.name)).as("it is over").isFalse();
        assertThat(queue.queues.pause(queue.name, type, "eve", null, null))
                .as("one that is over is replaced")
                .isTrue();
        assertThat(queue.queues.resume(queue.name, PauseScope.key("acme"))).isTrue();
        assertThat(database.query("SELECT action || ' ' || (details ->> 'what') FROM penstock.audit WHERE subject ="
                        + " 'queue \"" + queue.name + "\"' ORDER BY audit_id"))
                .containsExactly(
                        "pause type mail", "pause key acme", "pause queue", "pause type mail", "resume key acme");
        assertThatThrownBy(() -> PauseScope.type(""))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("name of what is paused");
        assertThatThrownBy(() -> queue.queues.pause(queue.name, type, "ada", null, Duration.ZERO))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("pause: expected");
    }

    @Test
    void aQueueIsPausedAndResumedAndBothAreAudited(PenstockDatabase database) throws SQLException {
        OperatedQueue queue = new OperatedQueue(database);

        assertThat(queue.queues.pause(queue.name, "ada", "the mail server is down"))
                .isTrue();
        assertThat(queue.queues.pause(queue.name, "eve", null)).isFalse();
        assertThat(queue.queues.show(queue.name).orElseThrow().paused())
                .extracting(Pause::by, Pause::reason, Pause::until)
                .containsExactly("ada", "the mail server is down", null);
        assertThat(queue.queues.resume(queue.name)).isTrue();
        assertThat(queue.queues.resume(queue.name)).isFalse();

        assertThat(queue.queues.show(queue.name).orElseThrow().paused()).isNull();
        assertThat(database.query("SELECT action || ' ' || (login = current_user) FROM penstock.audit WHERE subject ="
                        + " 'queue \"" + queue.name + "\"' ORDER BY audit_id"))
                .containsExactly("pause true", "resume true");
        assertThatThrownBy(() -> queue.queues.pause("none", "ada", null))
                .isInstanceOf(RefusedException.class)
                .hasMessage("queue \"none\": expected an existing queue, was none");
    }

    @Test
    void aReaderListsAndShowsAndChangesNothing(PenstockDatabase database) throws SQLException {
        OperatedQueue queue = new OperatedQueue(database);
        try (Login login = Login.in(database, "penstock_reader")) {
            QueueOperations queues = QueueOperations.on(login.dataSource(), null);

            assertThat(queues.list())
                    .extracting(status -> status.definition().name())
                    .contains(queue.name);
            assertThat(queues.show(queue.name)).isPresent();
            assertThatThrownBy(() -> queues.pause(queue.name, "eve", null)).hasMessageContaining("permission denied");
            assertThatThrownBy(() -> queues.declare(QueueDefinition.of("mine", 0, 1, 1)))
                    .hasMessageContaining("permission denied");
        }
    }

    @Test
    void auditRowsAreForgottenAfterFourHundredDaysAndWrittenInNobodyElsesName(PenstockDatabase database)
            throws SQLException {
        OperatedQueue queue = new OperatedQueue(database);
        database.execute(
                "INSERT INTO penstock.audit (at, login, action, subject) VALUES"
                        + " (now() - interval '401 days', 'x', 'pause', 'old'), (now() - interval '399 days', 'x', 'pause', 'kept')");
        try (Login login = Login.in(database, "penstock_worker")) {
            QueueOperations.on(login.dataSource(), "eve").pause(queue.name, "eve", null);

            assertThat(database.query("SELECT login FROM penstock.audit WHERE actor = 'eve'"))
                    .containsExactly(login.name());
            assertThatThrownBy(() -> login.execute("INSERT INTO penstock.audit (at, login, action, subject) VALUES"
                            + " (now(), 'ada', 'pause', 'x')"))
                    .hasMessageContaining("permission denied");
        }
        assertThat(database.query("SELECT subject FROM penstock.audit WHERE login = 'x'"))
                .containsExactly("kept");
    }
}
