package io.penstock.schedule;

import io.penstock.database.Session;
import io.penstock.database.SqlFailure;
import io.penstock.database.Work;
import io.penstock.error.RefusedException;
import io.penstock.job.Checks;
import io.penstock.job.Limits;
import io.penstock.job.PayloadSerializer;
import io.penstock.payload.JacksonPayloadSerializer;
import io.penstock.payload.PayloadText;
import io.penstock.store.DeclaredSchedules;
import io.penstock.store.DeclaredSchedules.Declaration;
import io.penstock.store.DeclaredSchedules.Declared;
import io.penstock.store.ScheduleStore;
import io.penstock.transaction.TransactionLimits;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;

/**
 * Declares schedules and looks after them. Their ticks are made by whichever worker is there, of any queue: a tick's job is
 * enqueued exactly once, with the tick's id as its idempotency key, {@code schedule/<name>/<tick>}. Safe for use by many
 * threads; holds no connection.
 *
 * <p>All methods throw the types of {@link io.penstock.error}. Whatever is asked of a schedule that is not there is refused.
 */
public final class Schedules {

    private final DataSource dataSource;
    private final PayloadSerializer serializer;

    private Schedules(DataSource dataSource, PayloadSerializer serializer) {
        this.dataSource = Checks.present("data source", dataSource);
        this.serializer = Checks.present("payload serializer", serializer);
    }

    /** Schedules of a database that has been migrated. */
    public static Schedules on(DataSource dataSource) {
        return on(dataSource, new JacksonPayloadSerializer());
    }

    public static Schedules on(DataSource dataSource, PayloadSerializer serializer) {
        return new Schedules(dataSource, serializer);
    }

    /**
     * Makes the schedule, or makes the stored one equal to it. With another rule its ticks count from now; with the same rule
     * they stay as they are, whatever else was changed. A paused schedule stays paused.
     *
     * @return whether anything was made or changed
     * @throws RefusedException if its queue is not there
     */
    public boolean declare(ScheduleDefinition schedule) {
        Checks.present("schedule", schedule);
        Declaration declaration = new Declaration(
                schedule.name(),
                StoredRules.write(schedule.rule()),
                schedule.catchUp().word(),
                schedule.job(),
                payload(schedule));
        return transact(
                "schedule " + Checks.quoted(schedule.name()),
                connection -> DeclaredSchedules.declare(connection, declaration));
    }

    /** Removes a schedule. Jobs that it has made stay. */
    public void remove(String name) {
        existing("removal of schedule", name, connection -> ScheduleStore.remove(connection, name));
    }

    /** Makes no ticks until {@link #resume}. Pausing a paused schedule changes nothing. */
    public void pause(String name) {
        existing("pause of schedule", name, connection -> ScheduleStore.pause(connection, name));
    }

    /** Goes on with the first tick from now on. What passed while it was paused is skipped, whatever its catch-up policy. */
    public void resume(String name) {
        existing("resumption of schedule", name, connection -> ScheduleStore.resume(connection, name));
    }

    /**
     * Enqueues the schedule's job now, whether it is paused or not, and leaves its ticks alone.
     *
     * @return the job's id
     */
    public UUID runNow(String name) {
        String subject = "run of schedule " + Checks.quoted(Checks.present("schedule name", name));
        return transact(subject, connection -> ScheduleStore.run(connection, name));
    }

    /**
     * The next ticks of a schedule; those it would have if it were resumed now, while it is paused.
     *
     * @param count at most {@link Limits#NEXT_TICKS}
     */
    public List<Instant> nextTicks(String name, int count) {
        Checks.within("next ticks", count, 1, Limits.NEXT_TICKS);
        String subject = "schedule " + Checks.quoted(Checks.present("schedule name", name));
        Declared schedule = transact(subject, connection -> DeclaredSchedules.find(connection, name)).stream()
                .findFirst()
                .orElseThrow(() -> absent(subject));
        ScheduleRule rule = StoredRules.read(schedule.rule());
        Instant stands = schedule.nextTick();
        List<Instant> ticks = new ArrayList<>();
        if (schedule.pausedAt() != null) {
            ticks.add(rule.next(schedule.clock()));
        } else {
            ticks.add(stands == null ? rule.next(schedule.countsFrom()) : stands);
        }
        while (ticks.size() < count) {
            ticks.add(rule.next(ticks.get(ticks.size() - 1)));
        }
        return List.copyOf(ticks);
    }

    /** All schedules in order of name. */
    public List<ScheduleSnapshot> list() {
        return transact("list of schedules", connection -> DeclaredSchedules.find(connection, null)).stream()
                .map(ScheduleSnapshot::of)
                .toList();
    }

    /** The schedule of that name; empty if there is none. */
    public Optional<ScheduleSnapshot> find(String name) {
        String subject = "schedule " + Checks.quoted(Checks.present("schedule name", name));
        return transact(subject, connection -> DeclaredSchedules.find(connection, name)).stream()
                .findFirst()
                .map(ScheduleSnapshot::of);
    }

    private String payload(ScheduleDefinition schedule) {
        try {
            return PayloadText.of(schedule.job().payload(), serializer);
        } catch (RefusedException refused) {
            throw new RefusedException(
                    "schedule " + Checks.quoted(schedule.name()) + ": " + refused.getMessage(), refused);
        }
    }

    private void existing(String verb, String name, Work<Boolean> work) {
        String subject = verb + " " + Checks.quoted(Checks.present("schedule name", name));
        if (!transact(subject, work)) {
            throw absent(subject);
        }
    }

    private static RefusedException absent(String subject) {
        return Checks.refused(subject, "an existing schedule", "none");
    }

    private <T> T transact(String subject, Work<T> work) {
        try (Session session = Session.open(dataSource, TransactionLimits.DEFAULT)) {
            return session.inTransaction(work);
        } catch (SQLException failure) {
            throw SqlFailure.translate(subject, failure);
        }
    }
}
