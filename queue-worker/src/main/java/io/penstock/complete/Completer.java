package io.penstock.complete;

import io.penstock.database.Pipeline;
import io.penstock.handover.EndedAttempt;
import io.penstock.handover.Signal;
import io.penstock.store.Leaf;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.IntPredicate;

/**
 * Collects ended attempts from the slots and writes them in batches. {@link #add} is safe for use by many threads, the
 * rest for one.
 */
public final class Completer {

    private static final Comparator<Leaf> LOCK_ORDER =
            Comparator.comparingInt(Leaf::queueId).thenComparingInt(Leaf::segment);

    /** While more end in each part of the time given, the rest of it is waited for as well. */
    private static final int PARTS = 4;

    private final Signal signal;
    private final Queue<EndedAttempt> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicInteger size = new AtomicInteger();
    /** How many are to wait before the signal is given. */
    private volatile int enough = 1;

    /** Collects, and gives a signal when something is there to be written. */
    public Completer(Signal signal) {
        this.signal = signal;
    }

    public void add(EndedAttempt ended) {
        waiting.add(ended);
        if (size.incrementAndGet() >= enough) {
            signal.give();
        }
    }

    public int size() {
        return size.get();
    }

    /**
     * Waits until so many are there, while more and more end, and for no longer than the time given; not at all if there is
     * something else to do. Whatever else the signal is given for ends it at once.
     *
     * @param elseToDo whether there is, asked when the signal given so far has been taken
     */
    public void gather(int wanted, long nanoseconds, BooleanSupplier elseToDo) throws InterruptedException {
        enough = wanted; // before the first look at the size, so that whoever is not seen there gives the signal
        signal.take(); // given for those that are there
        int before = 0;
        for (int part = 0; part < PARTS && size.get() > before && size.get() < wanted; part++) {
            before = size.get();
            if ((part == 0 && elseToDo.getAsBoolean()) || signal.await(nanoseconds / PARTS)) {
                break;
            }
        }
        enough = 1; // before anything is taken, so that whoever comes after that gives the signal again
    }

    /** Takes attempts of some queues that wait to be written. What is not written is to be put back. */
    public List<EndedAttempt> take(int most, IntPredicate queues) {
        List<EndedAttempt> taken = new ArrayList<>();
        for (Iterator<EndedAttempt> each = waiting.iterator(); taken.size() < most && each.hasNext(); ) {
            EndedAttempt next = each.next();
            if (queues.test(next.job().leaf().queueId())) {
                each.remove();
                taken.add(next);
            }
        }
        size.addAndGet(-taken.size());
        return taken;
    }

    public void putBack(List<EndedAttempt> attempts) {
        waiting.addAll(attempts);
        size.addAndGet(attempts.size());
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
