package io.penstock.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.faults.Work.Act;
import io.penstock.handler.HandlerOptions;
import io.penstock.handler.JobContext;
import io.penstock.job.JobState;
import io.penstock.job.JobType;
import io.penstock.job.Limits;
import io.penstock.job.Outcome;
import io.penstock.observe.WorkerEvent;
import io.penstock.run.UnknownTypePolicy;
import io.penstock.testkit.Ledger.Kind;
import io.penstock.testkit.Recovery;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** F06, F44: handlers that do not return, and jobs that nobody can run. */
class HandlerFaultsTest {

    private static final Duration TIMEOUT = Duration.ofMillis(300);
    private static final Duration LOOK = Duration.ofSeconds(1);

    @TempDir
    private Path directory;

    @Test
    void aHandlerThatHeedsNothingLosesItsSlotToTheNextJob() throws Exception {
        CountDownLatch started = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        JobType<Work> endless = JobType.of("endless", Work.class).onQueue("work-0");
        try (Trial trial = Trial.begin(directory)) {
            trial.start(trial.worker("only", trial.dataSource)
                    .capacity(1)
                    .handle(
                            endless,
                            context -> {
                                started.countDown();
                                while (end.getCount() > 0) {
                                    LockSupport.parkNanos(1_000_000);
                                }
                                return Outcome.completed();
                            },
                            HandlerOptions.DEFAULT.timeout(TIMEOUT)));
            UUID stuck = trial.enqueue(endless.with(Work.of(Act.QUICK)).maxAttempts(1));
            started.await();
            Recovery recovery =
                    Recovery.from("F06", TIMEOUT.plus(Limits.STUCK_AFTER).plusMillis(700));
            trial.awaitState(trial.enqueue(Act.QUICK, 0), JobState.COMPLETED);
            recovery.ended();
            trial.awaitState(stuck, JobState.DISCARDED);
            assertThat(trial.count(WorkerEvent.AttemptStuck.class)).isEqualTo(1);
            end.countDown();
            trial.await("its thread is back", () -> trial.count(WorkerEvent.StuckAttemptEnded.class) == 1);
            trial.verify();
        } finally {
            end.countDown();
        }
    }

    /** As the columns of a row that somebody inserts past every check, and what becomes of it. */
    private record Poison(String name, String type, String payload, String metadata, JobState end) {

        Poison(String name, String type, String payload, String metadata) {
            this(name, type, payload, metadata, JobState.DISCARDED);
        }
    }

    private static final String NONE = "'{}'";
    private static final String QUICK = "'{\"act\": \"QUICK\", \"detail\": \"\"}'";
    private static final List<Poison> POISON = List.of(
            new Poison("of another shape", "'work'", "'[1, 2]'", NONE),
            new Poison("no object", "'work'", "'\"text\"'", NONE),
            new Poison("null", "'work'", "'null'", NONE),
            new Poison("an unknown act", "'work'", "'{\"act\": \"NONE\", \"detail\": \"\"}'", NONE),
            new Poison("ten thousand levels", "'work'", "(repeat('[', 10000) || repeat(']', 10000))::jsonb", NONE),
            new Poison("an unknown type", "'nobody-s'", NONE, NONE),
            new Poison("a type that no type can be", "E'no\\n type ' || repeat('y', 1000)", NONE, NONE),
            new Poison("a version to come", "'work'", QUICK, "'{\"penstock.version\": \"99\"}'"),
            new Poison("a handler that fails", "'work'", "'{\"act\": \"HOLD\", \"detail\": \"throw\"}'", NONE),
            new Poison("a stack that runs over", "'work'", "'{\"act\": \"HOLD\", \"detail\": \"recurse\"}'", NONE),
            new Poison("metadata that is a list", "'work'", QUICK, "'[\"penstock.version\"]'", JobState.COMPLETED),
            new Poison(
                    "ten megabytes",
                    "'work'",
                    "jsonb_build_object('act', 'QUICK', 'detail', repeat('x', 10 * 1024 * 1024))",
                    NONE));

    private static final String INSERT = """
            INSERT INTO penstock.live (id, position, enqueued_at, eligible_at, queue_id, max_attempts, segment, priority, type,
                                       payload, metadata)
            SELECT '%s', penstock.draw_position(('penstock.position_q' || q.queue_id)::regclass), c.now, c.now, q.queue_id, 2, q.write_segment, 2,
                   %s, %s, %s
            FROM penstock.queue AS q, penstock.clock() AS c (now) WHERE q.name = 'work-0'
            """;

    private static UUID insert(Trial trial, Poison poison) throws SQLException {
        UUID id = UUID.randomUUID();
        trial.record(Kind.INVOKE, id);
        trial.execute(INSERT.formatted(id, poison.type(), poison.payload(), poison.metadata()));
        trial.record(Kind.OK, id);
        return id;
    }

    @Test
    void whatNobodyCanRunIsDiscardedWithItsReasonAndKeepsNobodyWaiting() throws Exception {
        try (Trial trial = Trial.begin(directory)) {
            trial.start(trial.worker("poisoned", trial.dataSource, HandlerFaultsTest::failAsTold)
                    .unknownTypes(UnknownTypePolicy.DISCARD));
            trial.awaitState(trial.enqueue(Act.QUICK, 0), JobState.COMPLETED);
            List<UUID> poisoned = new ArrayList<>();
            List<UUID> healthy = new ArrayList<>();
            for (Poison poison : POISON) {
                poisoned.add(insert(trial, poison));
                healthy.add(trial.enqueue(Act.QUICK, 0)); // behind it in the line
            }
            healthy.forEach(job -> trial.awaitState(job, JobState.COMPLETED));
            trial.awaitAllEnded();
            Recovery.measured("F44", "let jobs wait for", trial.longestWait(), LOOK);
            for (int number = 0; number < poisoned.size(); number++) {
                assertThat(trial.jobQueue
                                .find(poisoned.get(number))
                                .orElseThrow()
                                .state())
                        .as(POISON.get(number).name())
                        .isEqualTo(POISON.get(number).end());
            }
            assertThat(trial.query("SELECT DISTINCT reason FROM penstock.finished WHERE state = 'discarded'"))
                    .as("reasons")
                    .hasSizeGreaterThanOrEqualTo(5)
                    .allMatch(reason -> reason.length() > 20);
            trial.verify();
        }
    }

    private static Outcome failAsTold(JobContext<Work> context) {
        return switch (context.payload().detail()) {
            case "throw" -> throw new IllegalStateException("as told");
            case "recurse" -> failAsTold(context);
            default -> Outcome.completed();
        };
    }

    @Test
    void whatTheServerCannotStoreIsRefusedByIt() throws Exception {
        try (Trial trial = Trial.begin(directory)) {
            for (String payload : List.of("'{\"open'", "'\"\\u0000\"'")) {
                assertThatThrownBy(() -> insert(trial, new Poison("no JSON", "'work'", payload, NONE)))
                        .isInstanceOf(SQLException.class)
                        .hasMessageMatching("(?s).*(invalid input syntax for type json|unsupported Unicode).*");
            }
            assertThat(trial.number("SELECT count(*) FROM penstock.live")).isZero();
        }
    }
}
