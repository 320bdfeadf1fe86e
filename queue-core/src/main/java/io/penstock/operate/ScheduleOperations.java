package io.penstock.operate;

import io.penstock.job.Checks;
import io.penstock.job.Limits;
import io.penstock.store.DeclaredSchedules;
import io.penstock.store.DeclaredSchedules.Declared;
import io.penstock.store.ScheduleStore;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * What an operator does with schedules. Safe for use by many threads; holds no connection between calls. Every change is written
 * to {@code penstock.audit} with it, and needs the rights of {@code penstock_worker}.
 *
 * <p>All methods throw the types of {@link io.penstock.error}. Whatever is asked of a schedule that is not there is refused.
 */
public final class ScheduleOperations {

    private final Transactions transactions;
    private final Audit audit;

    private ScheduleOperations(DataSource dataSource, Audit audit) {
        this.transactions = new Transactions(Checks.present("data source", dataSource));
        this.audit = audit;
    }

    /**
     * For an operator.
     *
     * @param actor who that is, or null if the login says it
     */
    public static ScheduleOperations on(DataSource dataSource, @Nullable String actor) {
        if (actor != null) {
            Checks.ofLength("actor", actor, 1, Limits.KEY_CHARACTERS);
        }
        return new ScheduleOperations(dataSource, new Audit(true, actor));
    }

    /**
     * Makes no ticks until {@link #resume}.
     *
     * @return false if it was paused already
     */
    public boolean pause(String name) {
        String subject = subject(name);
        return transactions.transact(subject, connection -> {
            boolean changed =
                    existing(connection, subject, name).pausedAt() == null && ScheduleStore.pause(connection, name);
            return changed && audited(connection, "pause", subject, Map.of());
        });
    }

    /**
     * Goes on with the first tick from now on; what passed meanwhile is skipped.
     *
     * @return false if it was not paused
     */
    public boolean resume(String name) {
        String subject = subject(name);
        return transactions.transact(subject, connection -> {
            boolean changed =
                    existing(connection, subject, name).pausedAt() != null && ScheduleStore.resume(connection, name);
            return changed && audited(connection, "resume", subject, Map.of());
        });
    }

    /**
     * Enqueues the schedule's job now, whether it is paused or not, and leaves its ticks alone.
     *
     * @return the job's id
     */
    public UUID runNow(String name) {
        String subject = subject(name);
        return transactions.transact(subject, connection -> {
            UUID job = ScheduleStore.run(connection, name);
            audit.write(connection, "run", subject, Map.of("job", job.toString()));
            return job;
        });
    }

    private boolean audited(Connection connection, String action, String subject, Map<String, ?> details)
            throws SQLException {
        audit.write(connection, action, subject, details);
        return true;
    }

    private static Declared existing(Connection connection, String subject, String name) throws SQLException {
        List<Declared> found = DeclaredSchedules.find(connection, name);
        if (found.isEmpty()) {
            throw Checks.refused(subject, "an existing schedule", "none");
        }
        return found.get(0);
    }

    private static String subject(String name) {
        return "schedule " + Checks.quoted(Checks.present("schedule name", name));
    }
}
