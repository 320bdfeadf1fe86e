package io.penstock.enqueue;

import io.penstock.database.Session;
import io.penstock.database.SqlFailure;
import io.penstock.error.OverloadException;
import io.penstock.job.Checks;
import io.penstock.job.Enqueued;
import io.penstock.job.NewJob;
import io.penstock.objective.Trend;
import io.penstock.store.SampleStore;
import io.penstock.store.SampleStore.Sample;
import io.penstock.transaction.TransactionLimits;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Applies back-pressure to enqueues. The predicted waits are read in the background, at most once a second and only while somebody enqueues: no enqueue waits
 * for that, and none fails of it. Safe for use by many threads.
 */
public final class Pressure {

    public static final Pressure NONE = new Pressure(Map.of(), null, Runnable::run, System::nanoTime);

    private static final Logger log = LoggerFactory.getLogger(Pressure.class);
    private static final long READ_EVERY = Duration.ofSeconds(1).toNanos();
    private static final long STALE = Duration.ofSeconds(60).toNanos();

    private record Prediction(Duration waiting, long readAt) {}

    private final Map<String, BackPressure> rules;
    private final @Nullable DataSource dataSource;
    private final Executor background;
    private final LongSupplier clock;
    private final AtomicBoolean reading = new AtomicBoolean();
    private volatile Map<String, Prediction> predictions = Map.of();
    private volatile long readNext;
    private volatile boolean failing;

    private Pressure(
            Map<String, BackPressure> rules, @Nullable DataSource dataSource, Executor background, LongSupplier clock) {
        this.rules = rules;
        this.dataSource = dataSource;
        this.background = background;
        this.clock = clock;
        this.readNext = clock.getAsLong();
    }

    /**
     * Applies rules, each of a queue of its own.
     *
     * @param background what reads
     * @param clock of nanoseconds
     */
    public static Pressure of(
            List<BackPressure> rules, DataSource dataSource, Executor background, LongSupplier clock) {
        Map<String, BackPressure> byQueue = new HashMap<>();
        for (BackPressure rule : rules) {
            if (byQueue.put(Checks.present("back-pressure", rule).queue(), rule) != null) {
                throw Checks.refused(
                        "back-pressure of queue " + Checks.quoted(rule.queue()), "to be given once", "given twice");
            }
        }
        return new Pressure(Map.copyOf(byQueue), dataSource, background, clock);
    }

    /**
     * The jobs as they are to be enqueued.
     *
     * @throws OverloadException if one of them is refused
     */
    public List<? extends NewJob<?>> admit(List<? extends NewJob<?>> jobs) {
        if (rules.isEmpty()) {
            return jobs;
        }
        List<NewJob<?>> admitted = new ArrayList<>(jobs.size());
        for (NewJob<?> job : Checks.present("jobs", jobs)) {
            admitted.add(admit(Checks.present("job", job)));
        }
        return admitted;
    }

    private NewJob<?> admit(NewJob<?> job) {
        BackPressure rule = rules.get(job.queue());
        if (rule == null) {
            return job;
        }
        Duration wait = predicted(job.queue());
        Duration bound = rule.bound();
        if (wait == null || bound == null || wait.compareTo(bound) <= 0) {
            return job;
        }
        String other = rule.divertTo();
        if (other == null) {
            throw new OverloadException("enqueue of job " + job + ": expected a predicted wait of at most "
                    + bound.toMillis() + " ms, was " + wait.toMillis() + " ms; try again later, or see penstock slo");
        }
        return job.idempotencyKey() == null && job.uniqueness() == null ? job.queue(other) : job;
    }

    /** What became of jobs, with the wait that is predicted for each. */
    public List<Enqueued> told(List<? extends NewJob<?>> jobs, List<Enqueued> enqueued) {
        if (rules.isEmpty()) {
            return enqueued;
        }
        List<Enqueued> told = new ArrayList<>(enqueued.size());
        for (int index = 0; index < enqueued.size(); index++) {
            String queue = jobs.get(index).queue();
            told.add(
                    rules.containsKey(queue)
                            ? enqueued.get(index).predictedWait(predicted(queue))
                            : enqueued.get(index));
        }
        return List.copyOf(told);
    }

    private @Nullable Duration predicted(String queue) {
        long now = clock.getAsLong();
        if (now - readNext >= 0 && reading.compareAndSet(false, true)) {
            readNext = now + READ_EVERY;
            background.execute(this::read);
        }
        Prediction prediction = predictions.get(queue);
        return prediction == null || now - prediction.readAt() > STALE ? null : prediction.waiting();
    }

    private void read() {
        try (Session session = Session.open(Checks.present("data source", dataSource), TransactionLimits.DEFAULT)) {
            Map<String, Prediction> read = new HashMap<>();
            for (String queue : rules.keySet()) {
                Trend trend = new Trend();
                for (Sample sample : session.inTransaction(connection -> SampleStore.of(connection, queue))) {
                    sample.addTo(trend);
                }
                double seconds = trend.predictedWait();
                if (!Double.isNaN(seconds) && trend.at() > Double.NEGATIVE_INFINITY) {
                    read.put(queue, new Prediction(Duration.ofMillis((long) (seconds * 1e3)), clock.getAsLong()));
                }
            }
            predictions = Map.copyOf(read);
            failing = false;
        } catch (SQLException failure) {
            if (!failing) {
                failing = true;
                log.warn(
                        "back-pressure: predicted waits of {} cannot be read, so everything is let in; tried again with every enqueue,"
                                + " once a second: {}",
                        rules.keySet(),
                        SqlFailure.describe(failure));
            }
        } finally {
            reading.set(false);
        }
    }
}
