package io.penstock.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.JobQueue;
import io.penstock.error.DatabaseUnavailableException;
import io.penstock.job.ConcurrencyBudget;
import io.penstock.job.JobState;
import io.penstock.job.Outcome;
import io.penstock.job.QueueDefinition;
import io.penstock.observe.WorkerEvent;
import io.penstock.testkit.PenstockDatabase;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.SQLException;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** The server is gone for a while, and nobody has to do anything about it here. */
@PenstockDatabase.Fresh
class OutageTest {

    private final PenstockDatabase database;
    private final Scene scene;
    private final AtomicBoolean gone = new AtomicBoolean();
    private final AtomicInteger refused = new AtomicInteger();

    OutageTest(PenstockDatabase database) {
        this.database = database;
        this.scene = new Scene(database);
    }

    @Test
    void anOutageIsSaidOncePerPartAndWhatEndedMeanwhileIsWrittenAfterwards() throws Exception {
        CountDownLatch started = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        UUID id = scene.enqueue(1);
        try (Worker worker = Worker.on(JobQueue.on(behindGate()))
                .name("outage")
                .queue(new QueueDefinition(scene.type.queue(), ConcurrencyBudget.spare(4)))
                .listener(scene.events::add)
                .handle(scene.type, context -> {
                    started.countDown();
                    release.await();
                    return Outcome.completed();
                })
                .start()) {
            started.await();
            shut();
            release.countDown(); // the handler ends while there is nobody to tell
            Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> refused.get() >= 3);
            assertThat(scene.count(WorkerEvent.DatabaseLost.class)).isEqualTo(3);
            assertThat(scene.count(WorkerEvent.DatabaseBack.class)).isZero();
            assertThat(scene.state(id)).isEqualTo(JobState.RUNNING);

            gone.set(false);
            scene.awaitState(id, JobState.COMPLETED);
            Awaitility.await().until(() -> scene.count(WorkerEvent.DatabaseBack.class) == 3);
            assertThat(scene.count(WorkerEvent.DatabaseLost.class)).isEqualTo(3);
            assertThat(scene.count(WorkerEvent.WorkerFenced.class)).isZero();
        }
        assertThat(scene.jobQueue.find(id).orElseThrow().attempts()).isEqualTo(1);
    }

    @Test
    void aServerThatIsGoneAtTheStartIsSaidToWhoeverStarts() {
        JobQueue queue = JobQueue.on(behindGate());
        gone.set(true);
        WorkerBuilder builder =
                Worker.on(queue).queue(new QueueDefinition(scene.type.queue(), ConcurrencyBudget.spare(4)));
        assertThatThrownBy(builder::start)
                .isInstanceOf(DatabaseUnavailableException.class)
                .hasMessageContaining("try again when the server is back");
        assertThatThrownBy(() -> queue.enqueue(scene.type.with(new Scene.Item(1))))
                .isInstanceOf(DatabaseUnavailableException.class)
                .hasMessageContaining("nothing was committed");
    }

    /** From here on every connection is refused, and those that were open are ended. */
    private void shut() throws SQLException {
        gone.set(true);
        database.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                + " WHERE datname = current_database() AND pid <> pg_backend_pid()");
    }

    private DataSource behindGate() {
        DataSource open = database.dataSource();
        return (DataSource) Proxy.newProxyInstance(
                DataSource.class.getClassLoader(), new Class<?>[] {DataSource.class}, (self, method, arguments) -> {
                    if (gone.get() && method.getName().equals("getConnection")) {
                        refused.incrementAndGet();
                        throw new SQLException("Connection refused", "08001");
                    }
                    try {
                        return method.invoke(open, arguments);
                    } catch (InvocationTargetException failure) {
                        throw failure.getCause();
                    }
                });
    }
}
