package io.penstock.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.distribution.CountAtBucket;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.penstock.job.Attempt;
import io.penstock.job.JobState;
import io.penstock.objective.LatencyObjective;
import io.penstock.objective.WaitObjective;
import io.penstock.observe.WorkerEvent.AttemptEnded;
import io.penstock.observe.WorkerEvent.JobClaimed;
import io.penstock.observe.WorkerEvent.JobsPromoted;
import io.penstock.observe.WorkerEvent.JobsRescued;
import io.penstock.observe.WorkerEvent.StaleEndingRefused;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class WorkerMetricsTest {

    private static final UUID JOB = UUID.randomUUID();

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final WorkerMetrics metrics = new WorkerMetrics(registry);

    @Test
    void aWaitIsRecordedOnceForAJobHoweverOftenItIsClaimed() {
        metrics.on(new JobClaimed("q", "t", new Attempt(JOB, 1, 1, 1), Duration.ofMillis(40)));
        metrics.on(new JobClaimed("q", "t", new Attempt(JOB, 1, 2, 2), Duration.ofMillis(40)));
        assertThat(registry.get("penstock.job.wait")
                        .tags("queue", "q", "type", "t")
                        .timer()
                        .count())
                .isEqualTo(1);
    }

    @Test
    void transactionsOfOursAreToldByHowTheyEnd() {
        assertThat(registry.get("penstock.transactions.open").gauge().value()).isNotNegative();
        assertThat(registry.get("penstock.transactions.oldest").timeGauge().value())
                .isNotNegative();
        assertThat(registry.get("penstock.transactions.ended").functionCounters())
                .extracting(counter -> counter.getId().getTag("cause"))
                .contains("committed", "deadline", "lock-timeout", "indeterminate");
        assertThat(registry.get("penstock.commits.resolved")
                        .tags("as", "rolled_back")
                        .functionCounter()
                        .count())
                .isNotNegative();
    }

    @Test
    void endingsAreCountedByTheStateThatTheJobWentTo() {
        metrics.on(new AttemptEnded(
                "q",
                "t",
                new Attempt(JOB, 1, 1, 1),
                JobState.RETRYABLE,
                Duration.ofMillis(1),
                Duration.ofMillis(5),
                Duration.ofMillis(6)));
        metrics.on(new AttemptEnded(
                "q",
                "t",
                new Attempt(JOB, 1, 2, 2),
                JobState.COMPLETED,
                Duration.ofMillis(1),
                Duration.ofMillis(7),
                Duration.ofMillis(8)));
        assertThat(registry.get("penstock.attempts.ended")
                        .tags("state", "completed")
                        .counter()
                        .count())
                .isEqualTo(1);
        assertThat(registry.get("penstock.attempts.ended")
                        .tags("state", "retryable")
                        .counter()
                        .count())
                .isEqualTo(1);
        assertThat(registry.get("penstock.attempt.run").timer().totalTime(TimeUnit.MILLISECONDS))
                .isEqualTo(12);
    }

    @Test
    void histogramsHaveABucketAtWhatIsPromised() {
        metrics.promised(List.of(
                LatencyObjective.of("q", Duration.ofMillis(4_321), 0.99),
                WaitObjective.of("q", Duration.ofMillis(321), 0.99).ofType("t"),
                LatencyObjective.of("other", Duration.ofMillis(777), 0.99)));
        Attempt attempt = new Attempt(JOB, 1, 1, 1);
        metrics.on(new JobClaimed("q", "t", attempt, Duration.ofMillis(40)));
        for (int total : List.of(4_321, 4_322)) {
            metrics.on(new AttemptEnded(
                    "q",
                    "t",
                    attempt,
                    JobState.COMPLETED,
                    Duration.ofMillis(40),
                    Duration.ofSeconds(4),
                    Duration.ofMillis(total)));
        }
        assertThat(upTo("penstock.job.total", 4_321)).containsExactly(1.0);
        assertThat(upTo("penstock.job.wait", 321)).containsExactly(1.0);
        assertThat(upTo("penstock.job.total", 777)).isEmpty();
    }

    /** The count of the bucket that ends there, if there is one. */
    private List<Double> upTo(String timer, long milliseconds) {
        return Arrays.stream(registry.get(timer).timer().takeSnapshot().histogramCounts())
                .filter(bucket -> bucket.bucket(TimeUnit.MILLISECONDS) == milliseconds)
                .map(CountAtBucket::count)
                .toList();
    }

    @Test
    void refusalsRescuesAndPromotionsAreCounted() {
        metrics.on(new StaleEndingRefused("q", "t", new Attempt(JOB, 1, 1, 1)));
        metrics.on(new JobsRescued(3, 17));
        metrics.on(new JobsPromoted(5));
        assertThat(registry.get("penstock.endings.stale").counter().count()).isEqualTo(1);
        assertThat(registry.get("penstock.jobs.rescued").counter().count()).isEqualTo(17);
        assertThat(registry.get("penstock.jobs.promoted").counter().count()).isEqualTo(5);
    }

    @Test
    void aListenerThatThrowsKeepsNothingFromTheOthers() {
        Events events = new Events(List.of(
                event -> {
                    throw new IllegalStateException("a listener's own trouble");
                },
                metrics));
        events.tell(new JobsPromoted(2));
        assertThat(registry.get("penstock.jobs.promoted").counter().count()).isEqualTo(2);
    }
}
