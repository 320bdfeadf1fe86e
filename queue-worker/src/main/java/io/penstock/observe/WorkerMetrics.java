package io.penstock.observe;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.Timer;
import io.penstock.database.OpenTransactions;
import io.penstock.database.TransactionEnd;
import io.penstock.error.IndeterminateException.Resolution;
import io.penstock.objective.Objective;
import io.penstock.observe.WorkerEvent.AttemptEnded;
import io.penstock.observe.WorkerEvent.AttemptStuck;
import io.penstock.observe.WorkerEvent.JobClaimed;
import io.penstock.observe.WorkerEvent.JobsPromoted;
import io.penstock.observe.WorkerEvent.JobsRescued;
import io.penstock.observe.WorkerEvent.ScheduleFired;
import io.penstock.observe.WorkerEvent.StaleEndingRefused;
import io.penstock.observe.WorkerEvent.StrictLimitOverlapped;
import io.penstock.observe.WorkerEvent.StuckAttemptEnded;
import io.penstock.observe.WorkerEvent.TransactionEnded;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The worker's events as Micrometer meters, all named {@code penstock.…}. */
public final class WorkerMetrics implements WorkerListener {

    private final MeterRegistry registry;
    private final AtomicInteger stuck;
    private volatile List<Objective> objectives = List.of();

    /**
     * What is promised, which histograms of waits and total latencies get a bucket for. Counts for meters that are made from now on.
     */
    public void promised(List<Objective> promised) {
        objectives = List.copyOf(promised);
    }

    public WorkerMetrics(MeterRegistry registry) {
        this.registry = registry;
        this.stuck = registry.gauge("penstock.slots.stuck", new AtomicInteger());
        transactions(registry);
    }

    /** Those of this process, whichever part of Penstock opened them. */
    private static void transactions(MeterRegistry registry) {
        Gauge.builder("penstock.transactions.open", OpenTransactions::count)
                .description("Transactions of ours that are open")
                .register(registry);
        TimeGauge.builder(
                        "penstock.transactions.oldest",
                        () -> OpenTransactions.oldest().toMillis(),
                        TimeUnit.MILLISECONDS)
                .description("For how long the oldest of them is open")
                .register(registry);
        for (TransactionEnd end : TransactionEnd.values()) {
            FunctionCounter.builder("penstock.transactions.ended", end, OpenTransactions::ended)
                    .description("Transactions of ours that ended, by how")
                    .tags("cause", end.word())
                    .register(registry);
        }
        for (Resolution resolution : Resolution.values()) {
            FunctionCounter.builder("penstock.commits.resolved", resolution, OpenTransactions::ofResolution)
                    .description("Commits without an answer, by what they turned out to be")
                    .tags("as", resolution.name().toLowerCase(Locale.ROOT))
                    .register(registry);
        }
    }

    @Override
    public void on(WorkerEvent event) {
        if (event instanceof JobClaimed claimed && claimed.attempt().leaseToken() == 1) {
            timer("penstock.job.wait", "From eligible to first claim", claimed.queue(), claimed.type())
                    .serviceLevelObjectives(bounds("wait", claimed.queue(), claimed.type()))
                    .register(registry)
                    .record(claimed.waited());
        } else if (event instanceof AttemptEnded ended) {
            timer("penstock.attempt.run", "How long the handler took", ended.queue(), ended.type())
                    .register(registry)
                    .record(ended.run());
            if (ended.state().terminal()) {
                timer("penstock.job.total", "From eligible to the end for good", ended.queue(), ended.type())
                        .serviceLevelObjectives(bounds("latency", ended.queue(), ended.type()))
                        .register(registry)
                        .record(ended.total());
            }
            Counter.builder("penstock.attempts.ended")
                    .description("Attempts whose end was committed, by the state that the job went to")
                    .tags(
                            "queue",
                            ended.queue(),
                            "type",
                            ended.type(),
                            "state",
                            ended.state().word())
                    .register(registry)
                    .increment();
        } else if (event instanceof StaleEndingRefused stale) {
            Counter.builder("penstock.endings.stale")
                    .description("Outcomes refused because the attempt no longer owned its job")
                    .tags("queue", stale.queue(), "type", stale.type())
                    .register(registry)
                    .increment();
        } else if (event instanceof AttemptStuck attempt) {
            stuck.set(attempt.stuck());
            Counter.builder("penstock.attempts.stuck")
                    .description("Attempts given up because their handlers went on after the timeout and an interrupt")
                    .tags("queue", attempt.queue(), "type", attempt.type())
                    .register(registry)
                    .increment();
        } else if (event instanceof StuckAttemptEnded attempt) {
            stuck.set(attempt.stuck());
        } else if (event instanceof StrictLimitOverlapped overlapped) {
            Counter.builder("penstock.limits.overlapped")
                    .description("Handlers that went on after their slots of a strict limit had become others'")
                    .tags("queue", overlapped.queue())
                    .register(registry)
                    .increment(overlapped.running());
        } else if (event instanceof TransactionEnded) {
            registry.counter("penstock.transactions.terminated").increment();
        } else if (event instanceof JobsRescued rescued) {
            registry.counter("penstock.jobs.rescued").increment(rescued.jobs());
        } else if (event instanceof JobsPromoted promoted) {
            registry.counter("penstock.jobs.promoted").increment(promoted.jobs());
        } else if (event instanceof ScheduleFired fired) {
            Timer.builder("penstock.schedule.late")
                    .description("From a tick to when it was seen to be due")
                    .tags("schedule", fired.schedule())
                    .register(registry)
                    .record(fired.late());
        }
    }

    private static Timer.Builder timer(String name, String description, String queue, String type) {
        return Timer.builder(name)
                .description(description)
                .tags("queue", queue, "type", type)
                .publishPercentileHistogram();
    }

    /** What is promised of such jobs by objectives of a kind. */
    private Duration[] bounds(String kind, String queue, String type) {
        return objectives.stream()
                .filter(objective ->
                        objective.kind().equals(kind) && objective.queue().equals(queue))
                .filter(objective -> objective.type() == null || type.equals(objective.type()))
                .flatMap(objective -> objective.deadline().stream())
                .toArray(Duration[]::new);
    }
}
