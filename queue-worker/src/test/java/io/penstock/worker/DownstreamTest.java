package io.penstock.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.bulkhead.BulkheadConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import io.penstock.downstream.Downstream;
import io.penstock.handler.HandlerOptions;
import io.penstock.handler.JobMiddleware;
import io.penstock.job.JobSnapshot;
import io.penstock.job.JobState;
import io.penstock.job.Outcome;
import io.penstock.job.RetryPolicy;
import io.penstock.operate.QueueOperations;
import io.penstock.testkit.PenstockDatabase;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Jobs whose downstream is down, or takes no more, are snoozed without losing an attempt. */
@PenstockDatabase.Fresh
class DownstreamTest {

    private static final int FAILURES = 4;

    private final PenstockDatabase database;
    private final Scene scene;
    private final AtomicInteger calls = new AtomicInteger();

    DownstreamTest(PenstockDatabase database) {
        this.database = database;
        this.scene = new Scene(database);
    }

    private static HandlerOptions through(JobMiddleware downstream) {
        return HandlerOptions.DEFAULT
                .retryPolicy(RetryPolicy.fixed(Duration.ZERO))
                .around(downstream);
    }

    private List<UUID> enqueue(int count) {
        return IntStream.range(0, count).mapToObj(scene::enqueue).toList();
    }

    private static CircuitBreaker breaker(Duration open) {
        return CircuitBreaker.of(
                "mailer",
                CircuitBreakerConfig.custom()
                        .slidingWindowSize(FAILURES)
                        .minimumNumberOfCalls(FAILURES)
                        .permittedNumberOfCallsInHalfOpenState(1)
                        .waitDurationInOpenState(open)
                        .build());
    }

    @Test
    void anOpenBreakerSnoozesJobsAndWhenItIsClosedTheyRun() {
        CircuitBreaker breaker = breaker(Duration.ofMillis(100));
        AtomicBoolean down = new AtomicBoolean(true);
        CountDownLatch opened = new CountDownLatch(1);
        breaker.getEventPublisher().onStateTransition(event -> {
            if (event.getStateTransition().getToState() == State.OPEN) {
                opened.countDown();
            }
        });
        List<UUID> jobs = enqueue(10);
        try (Worker worker = scene.worker()
                .capacity(1)
                .handle(
                        scene.type,
                        context -> {
                            calls.incrementAndGet();
                            if (down.get()) {
                                throw new IOException("connection refused");
                            }
                            return Outcome.completed();
                        },
                        through(Downstream.of(breaker)))
                .start()) {
            Awaitility.await("all are snoozed, and only calls have used up attempts")
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> opened.getCount() == 0
                            && count(jobs, JobState.SNOOZED) == 10
                            && attempts(jobs) == calls.get());
            assertThat(QueueOperations.on(database.dataSource(), null).explain(scene.type.queue()))
                    .first()
                    .asString()
                    .endsWith(" jobs are snoozed: circuit breaker \"mailer\" is open");
            down.set(false);
            jobs.forEach(id -> scene.awaitState(id, JobState.COMPLETED));
        }
        assertThat(breaker.getState()).isEqualTo(State.CLOSED);
    }

    @Test
    void whatSaysNothingOfTheDownstreamLeavesTheBreakerAsItIs() {
        CircuitBreaker breaker = breaker(Duration.ofHours(1));
        AtomicInteger turn = new AtomicInteger();
        List<UUID> jobs = enqueue(8);
        try (Worker worker = scene.worker()
                .capacity(1)
                .handle(
                        scene.type,
                        context -> turn.incrementAndGet() % 2 == 0
                                ? Outcome.discarded("no such customer")
                                : Outcome.cancelled("too late"),
                        through(Downstream.of(breaker)))
                .start()) {
            Awaitility.await("all have ended")
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> jobs.stream().allMatch(id -> scene.state(id).terminal()));
        }
        assertThat(breaker.getMetrics().getNumberOfSuccessfulCalls()).isEqualTo(4);
        assertThat(breaker.getMetrics().getNumberOfFailedCalls()).isZero();
        assertThat(breaker.getState()).isEqualTo(State.CLOSED);
    }

    @Test
    void attemptsAboveTheRateAreSnoozed() {
        RateLimiter limiter = RateLimiter.of(
                "mailer",
                RateLimiterConfig.custom()
                        .limitForPeriod(2)
                        .limitRefreshPeriod(Duration.ofHours(1))
                        .timeoutDuration(Duration.ZERO)
                        .build());
        List<UUID> jobs = enqueue(5);
        try (Worker worker = scene.worker()
                .handle(
                        scene.type,
                        context -> {
                            calls.incrementAndGet();
                            return Outcome.completed();
                        },
                        through(Downstream.of(limiter)))
                .start()) {
            Awaitility.await("two run, three are snoozed")
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> count(jobs, JobState.COMPLETED) == 2 && count(jobs, JobState.SNOOZED) == 3);
        }
        assertThat(calls).hasValue(2);
    }

    @Test
    void noMoreThanSoManyAreInsideAtOnce() {
        Bulkhead bulkhead = Bulkhead.of(
                "mailer", BulkheadConfig.custom().maxConcurrentCalls(2).build());
        CountDownLatch leave = new CountDownLatch(1);
        List<UUID> jobs = enqueue(5);
        try (Worker worker = scene.worker()
                .handle(
                        scene.type,
                        context -> {
                            calls.incrementAndGet();
                            leave.await();
                            return Outcome.completed();
                        },
                        through(Downstream.of(bulkhead)))
                .start()) {
            Awaitility.await("three are snoozed")
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> count(jobs, JobState.SNOOZED) == 3);
            assertThat(calls).hasValue(2);
            leave.countDown();
            jobs.forEach(id -> scene.awaitState(id, JobState.COMPLETED));
        }
    }

    @Test
    void asManyAreLetThroughAsSucceed() {
        AtomicInteger inside = new AtomicInteger();
        List<UUID> jobs = enqueue(40);
        try (Worker worker = scene.worker()
                .handle(
                        scene.type,
                        context -> {
                            try {
                                if (inside.incrementAndGet() > 3) {
                                    throw new IOException("503");
                                }
                                calls.incrementAndGet();
                                return Outcome.completed();
                            } finally {
                                inside.decrementAndGet();
                            }
                        },
                        through(Downstream.adaptive("mailer", 1, 8)))
                .start()) {
            jobs.forEach(id -> scene.awaitState(id, JobState.COMPLETED));
        }
        assertThat(calls).hasValue(40);
    }

    private int attempts(List<UUID> jobs) {
        return jobs.stream()
                .map(id -> scene.jobQueue.find(id).orElseThrow())
                .mapToInt(JobSnapshot::attempts)
                .sum();
    }

    private long count(List<UUID> jobs, JobState state) {
        return jobs.stream().filter(id -> scene.state(id) == state).count();
    }
}
