package io.penstock.alert;

import io.penstock.database.Session;
import io.penstock.objective.Condition;
import io.penstock.objective.Condition.Rule;
import io.penstock.objective.Severity;
import io.penstock.objective.Spans;
import io.penstock.operate.Blocker;
import io.penstock.operate.BlockerOperations;
import io.penstock.store.BlockerStore;
import io.penstock.store.BlockerStore.StandbyWaits;
import io.penstock.store.TallyStore;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Who keeps others in this database waiting for a lock, ours or not. What waits for as long as a transaction of ours may last is told; it wakes somebody where
 * it is many, or long. So are commits that wait for a standby. One process looks for all. For use by the watch's thread.
 */
final class Locks {

    private static final long EVERY = Watch.micros(Duration.ofSeconds(5));
    private static final long PULSE = 4_500;
    private static final Duration LONG = Duration.ofSeconds(5);
    private static final Duration FAR_TOO_LONG = Duration.ofSeconds(30);
    private static final int MANY = 5;

    private long looked = Long.MIN_VALUE;

    /** What is wrong, as of now if it is time to look. */
    List<Condition> look(Session session, long now) throws SQLException {
        if (looked <= now && now < looked + EVERY
                || !session.inTransaction(connection -> TallyStore.takePulse(connection, "locks", PULSE))) {
            return List.of();
        }
        looked = now;
        List<Condition> conditions = new ArrayList<>();
        BlockerOperations.of(session.inTransaction(BlockerStore::parties)).stream()
                .filter(blocker -> blocker.longest().compareTo(LONG) >= 0)
                .map(Locks::condition)
                .forEach(conditions::add);
        StandbyWaits waits = session.inTransaction(BlockerStore::standbyWaits);
        if (waits.seconds() >= LONG.toSeconds()) {
            conditions.add(condition(waits));
        }
        return conditions;
    }

    private static Condition condition(StandbyWaits waits) {
        return new Condition(
                Rule.BLOCKED,
                Severity.PAGE,
                "standby",
                null,
                waits.commits() + (waits.commits() == 1 ? " commit waits" : " commits wait")
                        + " for a standby (SyncRep), one of them for "
                        + Spans.words(Duration.ofSeconds(waits.seconds()))
                        + "; they hold their locks, and nothing on the server ends that. Expected are: "
                        + waits.standbys(),
                "bring the standby back; or go on without, at the risk of losing what is committed with this server: ALTER SYSTEM SET"
                        + " synchronous_standby_names = '', then SELECT pg_reload_conf()");
    }

    private static Condition condition(Blocker blocker) {
        int waiting = blocker.waiting().size();
        boolean wakes = waiting >= MANY || blocker.longest().compareTo(FAR_TOO_LONG) >= 0;
        return new Condition(
                Rule.BLOCKED,
                wakes ? Severity.PAGE : Severity.TICKET,
                blocker.id(),
                null,
                blocker.holder() + " keeps " + waiting + (waiting == 1 ? " session" : " sessions")
                        + " waiting for a lock, one of them for " + Spans.words(blocker.longest()),
                blocker.advice());
    }
}
