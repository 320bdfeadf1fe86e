package io.penstock.faults;

import io.penstock.JobQueue;
import io.penstock.handler.JobContext;
import io.penstock.job.JobType;
import io.penstock.job.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;

/** A job of the fault tests. What it does to a process of its own it does there only; elsewhere it is done at once. */
record Work(Act act, String detail) {

    /** What the handler does in a process of its own. */
    enum Act {
        /** Ends at once. */
        QUICK,
        /** Waits until it is interrupted. */
        HOLD,
        /** Waits until it is interrupted, and says that it is completed all the same. */
        CLAIM_TO_BE_DONE,
        /** Waits for a file. */
        AWAIT_FILE,
        /** Answers what time it is here, and enqueues a job of the id given, to be run a fifth of a second later. */
        TELL_TIME,
        /** Commits an effect and halts the process, with nobody told that it is done. */
        HALT_AFTER_EFFECT,
        /** Halts the process in its own transaction, with effect and completion written and not committed. */
        HALT_IN_TRANSACTION
    }

    static final JobType<Work> TYPE = JobType.of("work", Work.class).onQueue("work-0");
    static final String EFFECTS = "CREATE TABLE public.effect (job_id uuid NOT NULL)";
    static final int HALTED = 9;
    static final Duration SOON = Duration.ofMillis(200);

    /** What a process of its own thinks the time is, in milliseconds since 1970. */
    record Told(long millis) {}

    static Work of(Act act) {
        return new Work(act, "");
    }

    /** As a process of its own runs it. */
    static Outcome runHere(JobContext<Work> context, DataSource dataSource) throws Exception {
        Work work = context.payload();
        switch (work.act) {
            case HOLD -> new CountDownLatch(1).await();
            case CLAIM_TO_BE_DONE -> holdUntilInterrupted();
            case AWAIT_FILE -> {
                while (!Files.exists(Path.of(work.detail))) {
                    TimeUnit.MILLISECONDS.sleep(20);
                }
            }
            case TELL_TIME -> {
                JobQueue.on(dataSource)
                        .enqueue(TYPE.with(of(Act.QUICK))
                                .id(UUID.fromString(work.detail))
                                .runIn(SOON));
                return Outcome.completed(new Told(System.currentTimeMillis()));
            }
            case HALT_AFTER_EFFECT -> {
                effect(context, dataSource, false);
                Runtime.getRuntime().halt(HALTED);
            }
            case HALT_IN_TRANSACTION -> effect(context, dataSource, true);
            default -> {}
        }
        return Outcome.completed();
    }

    /** As everybody else runs it. */
    static Outcome runElsewhere(JobContext<Work> context, DataSource dataSource) throws Exception {
        if (context.payload().act == Act.HALT_AFTER_EFFECT || context.payload().act == Act.HALT_IN_TRANSACTION) {
            effect(context, dataSource, false);
        }
        return Outcome.completed();
    }

    private static void holdUntilInterrupted() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException told) {
            // and goes on as if it had not been
        }
    }

    private static void effect(JobContext<Work> context, DataSource dataSource, boolean halt) throws Exception {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement effect = connection.prepareStatement("INSERT INTO public.effect VALUES (?)")) {
            connection.setAutoCommit(false);
            effect.setObject(1, context.attempt().jobId());
            effect.executeUpdate();
            if (context.payload().act == Act.HALT_IN_TRANSACTION) {
                context.complete(connection);
            }
            if (halt) {
                Runtime.getRuntime().halt(HALTED);
            }
            connection.commit();
        }
    }
}
