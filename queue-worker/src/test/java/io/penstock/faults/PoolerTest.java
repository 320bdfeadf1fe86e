package io.penstock.faults;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.penstock.JobQueue;
import io.penstock.faults.Work.Act;
import io.penstock.handler.JobContext;
import io.penstock.job.JobState;
import io.penstock.job.NewJob;
import io.penstock.job.Outcome;
import io.penstock.renew.HeartBeat;
import io.penstock.testkit.Ledger.Kind;
import io.penstock.testkit.Recovery;
import io.penstock.worker.Worker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** F40: behind PgBouncer in transaction mode everything works, by looking, and the log says so once. */
class PoolerTest {

    private static final Duration LOOK = Duration.ofSeconds(1);

    @TempDir
    private Path directory;

    private final CountDownLatch interrupted = new CountDownLatch(1);

    @Test
    void behindAPoolerThatLendsConnectionsByTheTransactionEverythingWorks() throws Exception {
        PgBouncer.assumeInstalled();
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        Logger logger = (Logger) LoggerFactory.getLogger(HeartBeat.class);
        log.start();
        logger.addAppender(log);
        try (Trial trial = Trial.begin(directory);
                PgBouncer pooler = PgBouncer.before(trial.dataSource)) {
            JobQueue jobQueue = JobQueue.on(pooler.dataSource());
            Worker worker = trial.start(
                    trial.worker("pooled", pooler.dataSource(), context -> run(context, pooler.dataSource())));
            UUID cancelled = enqueue(trial, jobQueue, Work.TYPE.with(Work.of(Act.HOLD)));
            trial.awaitState(cancelled, JobState.RUNNING);
            List<UUID> jobs = new ArrayList<>();
            jobs.add(enqueue(trial, jobQueue, Work.TYPE.with(Work.of(Act.AWAIT_FILE))));
            jobs.add(enqueue(trial, jobQueue, Work.TYPE.with(Work.of(Act.HALT_IN_TRANSACTION))));
            jobs.add(enqueue(trial, jobQueue, Work.TYPE.with(Work.of(Act.QUICK)).runIn(Duration.ofMillis(500))));
            for (int job = 0; job < 20; job++) {
                jobs.add(enqueue(
                        trial, jobQueue, Work.TYPE.with(Work.of(Act.QUICK)).queue("work-" + job % 4)));
            }
            jobs.forEach(job -> trial.awaitState(job, JobState.COMPLETED));
            jobQueue.cancel(cancelled, "test");
            interrupted.await();
            trial.awaitAllEnded();
            trial.awaitBeats("pooled", 2);
            for (int job = 0; job < 5; job++) {
                trial.awaitState(enqueue(trial, jobQueue, Work.TYPE.with(Work.of(Act.QUICK))), JobState.COMPLETED);
            }
            Recovery.measured("F40", "let jobs wait for", trial.longestWait(), LOOK);
            assertThat(trial.number("SELECT count(*) FROM public.effect")).isEqualTo(1);
            assertThat(trial.number("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"))
                    .as("locks that would outlive the worker on a connection of the pooler's")
                    .isZero();
            assertThat(worker.health().beating()).isTrue();
            assertThat(log.list.stream().map(ILoggingEvent::getFormattedMessage))
                    .filteredOn(line -> line.contains("pooler"))
                    .singleElement()
                    .asString()
                    .contains("worker \"pooled\": notifications do not come through", "looking five times a second");
            trial.verify();
        } finally {
            logger.detachAppender(log);
        }
    }

    /** One waits for its cancellation, one fails at first, one completes in its own transaction. */
    private Outcome run(JobContext<Work> context, DataSource dataSource) throws Exception {
        if (context.payload().act() == Act.HOLD) {
            try {
                new CountDownLatch(1).await();
            } finally {
                interrupted.countDown();
            }
        }
        if (context.payload().act() == Act.AWAIT_FILE && context.attempt().number() == 1) {
            throw new IllegalStateException("at first");
        }
        return Work.runElsewhere(context, dataSource);
    }

    private static UUID enqueue(Trial trial, JobQueue over, NewJob<Work> job) {
        trial.record(Kind.INVOKE, job.id());
        over.enqueue(job);
        trial.record(Kind.OK, job.id());
        return job.id();
    }
}
