package io.penstock.complete;

import io.penstock.database.Pipeline;
import io.penstock.handover.EndedAttempt;
import io.penstock.store.Leaf;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Collects ended attempts from the slots and writes them in batches. {@link #add} is safe for use by many threads, the
 * rest for one.
 */
public final class Completer {

    private static final Comparator<Leaf> LOCK_ORDER =
            Comparator.comparingInt(Leaf::queueId).thenComparingInt(Leaf::segment);

    private final Queue<EndedAttempt> waiting = new ConcurrentLinkedQueue<>();

    public void add(EndedAttempt ended) {
        waiting.add(ended);
    }

    public boolean empty() {
        return waiting.isEmpty();
    }

    /** Takes attempts that wait to be written. What is not written is to be put back. */
    public List<EndedAttempt> take(int most) {
        List<EndedAttempt> taken = new ArrayList<>();
        for (EndedAttempt next = waiting.poll(); next != null; next = taken.size() < most ? waiting.poll() : null) {
            taken.add(next);
        }
        return taken;
    }

    public void putBack(List<EndedAttempt> attempts) {
        waiting.addAll(attempts);
    }

    /** The attempts as one batch per leaf, in the order in which their rows are to be locked. */
    public static List<Batch> batches(List<EndedAttempt> attempts) {
        Map<Leaf, List<EndedAttempt>> byLeaf = new TreeMap<>(LOCK_ORDER);
        attempts.forEach(ended -> byLeaf.computeIfAbsent(ended.job().leaf(), leaf -> new ArrayList<>())
                .add(ended));
        List<Batch> batches = new ArrayList<>();
        byLeaf.forEach((leaf, ofLeaf) -> batches.add(new Batch(leaf, ofLeaf)));
        return batches;
    }

    /** Writes the ends of attempts of any leaves, inside the transaction under way. */
    public static Written write(Connection connection, List<EndedAttempt> attempts) throws SQLException {
        Written written = Written.nothing();
        for (Batch batch : batches(attempts)) {
            Pipeline pipeline = new Pipeline();
            batch.look(connection);
            batch.write(pipeline, connection);
            pipeline.run(connection);
            written.add(batch.written(connection));
        }
        return written;
    }
}
