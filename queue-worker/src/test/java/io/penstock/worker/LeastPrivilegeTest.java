package io.penstock.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.JobQueue;
import io.penstock.handler.HandlerOptions;
import io.penstock.job.ConcurrencyBudget;
import io.penstock.job.JobState;
import io.penstock.job.JobType;
import io.penstock.job.Outcome;
import io.penstock.job.QueueDefinition;
import io.penstock.job.RetryPolicy;
import io.penstock.schedule.Cron;
import io.penstock.schedule.ScheduleDefinition;
import io.penstock.schedule.Schedules;
import io.penstock.testkit.Login;
import io.penstock.testkit.PenstockDatabase;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** A worker needs no more rights than the role that is made for it. */
@PenstockDatabase.Fresh
class LeastPrivilegeTest {

    record Step(int number) {}

    @Test
    void aLoginWithTheWorkersRoleOnlyDoesEverythingThatAWorkerDoes(PenstockDatabase database) throws Exception {
        try (Login login = Login.in(database, "penstock_worker")) {
            work(database, login);
        }
    }

    private static void work(PenstockDatabase database, Login login) throws Exception {
        JobQueue queue = JobQueue.on(login.dataSource());
        JobType<Step> type = JobType.of("step", Step.class).onQueue("steps");
        List<String> trouble = new CopyOnWriteArrayList<>();
        try (Worker worker = Worker.on(queue)
                .queue(new QueueDefinition("steps", ConcurrencyBudget.guaranteed(2, 4)))
                .queue(new QueueDefinition("spare", ConcurrencyBudget.spare(4)))
                .schedule(ScheduleDefinition.of("step", Cron.utc("* * * * * *"), type.with(new Step(4))))
                .listener(event -> {
                    String name = event.getClass().getSimpleName();
                    if (List.of("QueueFailing", "ScheduleFailing", "DatabaseLost")
                            .contains(name)) {
                        trouble.add(event.toString());
                    }
                })
                .handle(
                        type,
                        context -> {
                            if (context.payload().number() == 1
                                    && context.attempt().number() == 1) {
                                throw new IllegalStateException("once");
                            }
                            return Outcome.completed();
                        },
                        HandlerOptions.DEFAULT.retryPolicy(RetryPolicy.fixed(Duration.ofMillis(10))))
                .start()) {
            UUID failing = queue.enqueue(type.with(new Step(1))).id();
            UUID plain = queue.enqueue(type.with(new Step(2))).id();
            UUID later = queue.enqueue(type.with(new Step(3)).runIn(Duration.ofDays(1)))
                    .id();
            Awaitility.await().until(() -> queue.find(failing).orElseThrow().state() == JobState.COMPLETED);
            Awaitility.await().until(() -> queue.find(plain).orElseThrow().state() == JobState.COMPLETED);
            assertThat(queue.cancel(later, "not needed")).isTrue();
            assertThat(queue.retry(later)).isEqualTo(2);
            Awaitility.await().until(() -> queue.find(later).orElseThrow().state() == JobState.COMPLETED);
            Schedules schedules = Schedules.on(login.dataSource());
            Awaitility.await().until(() -> schedules.list().get(0).lastTick() != null);
            UUID byHand = schedules.runNow("step");
            Awaitility.await().until(() -> queue.find(byHand).orElseThrow().state() == JobState.COMPLETED);
            schedules.pause("step");
            schedules.resume("step");
            schedules.remove("step");
            // asleep: both queues have been looked into in vain for a while
            Awaitility.await().until(() -> database.number("SELECT count(*) FROM penstock.sleeper") == 2);
        }
        assertThat(trouble).isEmpty();
        assertThat(database.number("SELECT count(*) FROM penstock.worker")).isZero();
    }
}
