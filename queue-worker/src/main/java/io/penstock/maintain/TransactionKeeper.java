package io.penstock.maintain;

import io.penstock.connect.Link;
import io.penstock.observe.Events;
import io.penstock.observe.WorkerEvent.TransactionEnded;
import io.penstock.store.BlockerStore;
import io.penstock.store.BlockerStore.Overdue;
import io.penstock.store.OperatorStore;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/**
 * The third net under transactions of ours, whichever process has them: the first is the watchdog of that process, the second the server's own limits. What
 * it ends is in the audit, in the transaction that ends it.
 */
final class TransactionKeeper {

    private static final long EVERY = Duration.ofSeconds(2).toNanos();

    private final Link link;
    private final Events events;
    private long next = System.nanoTime();

    TransactionKeeper(Link link, Events events) {
        this.link = link;
        this.events = events;
    }

    void run(long now) throws SQLException {
        if (now - next < 0) {
            return;
        }
        next = now + EVERY;
        List<Overdue> ended = link.inTransaction(connection -> {
            List<Overdue> overdue = BlockerStore.endOverdue(connection);
            for (Overdue one : overdue) {
                String details = "{\"open_seconds\": " + Math.round(one.openSeconds()) + "}";
                OperatorStore.audit(connection, "end transaction", "session " + one.pid(), null, details);
            }
            return overdue;
        });
        for (Overdue one : ended) {
            events.tell(new TransactionEnded(
                    one.pid(),
                    one.application(),
                    Duration.ofMillis(Math.round(one.openSeconds() * 1_000)),
                    one.state()));
        }
    }
}
