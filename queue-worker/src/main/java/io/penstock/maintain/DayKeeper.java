package io.penstock.maintain;

import io.penstock.connect.Link;
import io.penstock.database.SqlFailure;
import io.penstock.store.CheckpointStore;
import io.penstock.store.DayStore;
import io.penstock.store.DayStore.ExpiredDay;
import io.penstock.store.ProgressStore;
import java.sql.SQLException;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the days of "finished" a week ahead, and removes what no queue keeps any longer, once an hour, in small steps between
 * the other duties.
 */
final class DayKeeper {

    private static final Logger log = LoggerFactory.getLogger(DayKeeper.class);
    private static final long EVERY = Duration.ofHours(1).toNanos();

    private final Link link;
    private final BooleanSupplier hears;
    private long next = System.nanoTime();
    private boolean pruning;
    private boolean forgetting;
    private boolean removing;
    private boolean mayRemove = true;

    /**
     * A keeper that begins with its first run.
     *
     * @param hears whether the link's connection is a session
     */
    DayKeeper(Link link, BooleanSupplier hears) {
        this.link = link;
        this.hears = hears;
    }

    void run(long now) throws SQLException {
        if (now - next >= 0) {
            link.inTransaction(DayStore::ensure);
            next = now + EVERY;
            pruning = true;
            forgetting = true;
            removing = true;
        }
        if (forgetting) {
            int forgotten = link.inTransaction(DayStore::forgetKeys)
                    + link.inTransaction(DayStore::forgetUniqueKeys)
                    + link.inTransaction(CheckpointStore::forget)
                    + link.inTransaction(ProgressStore::forget);
            forgetting = forgotten > 0;
        }
        if (pruning) {
            pruning = link.inTransaction(DayStore::prune);
        } else if (removing) {
            removing = false;
            remove();
        }
    }

    /**
     * Only the owner of the schema may; an emptied partition costs next to nothing until one comes by. Behind a pooler that lends
     * connections by the transaction it stays too: what has to be set outside of one would be set for whoever comes next.
     */
    private void remove() throws SQLException {
        if (!mayRemove || !hears.getAsBoolean()) {
            return;
        }
        for (ExpiredDay day : link.inTransaction(DayStore::expired)) {
            try {
                link.outsideTransaction(connection -> {
                    DayStore.remove(connection, day);
                    return day;
                });
            } catch (SQLException failure) {
                if (!SqlFailure.forbidden(failure)) {
                    throw failure;
                }
                mayRemove = false;
                log.info("days of table \"penstock.finished\" that are over are emptied, and their partitions stay:"
                        + " this login is not a member of the schema's owner; run \"penstock migrate\" now and then");
                return;
            }
        }
    }
}
