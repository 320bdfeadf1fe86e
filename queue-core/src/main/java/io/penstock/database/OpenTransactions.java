package io.penstock.database;

import io.penstock.error.IndeterminateException.Resolution;
import io.penstock.transaction.TransactionLimits;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All transactions of ours that are open in this process, and the watchdog that ends those whose time is over: it cancels the statement that runs and
 * closes the connection, upon which the server undoes the transaction. A COMMIT that was sent is left alone, for nobody could say then what it came to.
 * The watchdog is one thread, there while there are transactions.
 */
public final class OpenTransactions {

    private static final Logger log = LoggerFactory.getLogger(OpenTransactions.class);
    private static final Duration EVERY = Duration.ofMillis(100);
    private static final int LOOKS_AT_NOTHING = 50;
    private static final long OVERRUN = Duration.ofSeconds(2).toNanos();

    private static final Set<Open> open = ConcurrentHashMap.newKeySet();
    private static final AtomicBoolean watched = new AtomicBoolean();
    private static final Map<TransactionEnd, LongAdder> ends = new EnumMap<>(TransactionEnd.class);
    private static final Map<Resolution, LongAdder> resolved = new EnumMap<>(Resolution.class);
    private static final LongAdder overran = new LongAdder();

    static {
        for (TransactionEnd end : TransactionEnd.values()) {
            ends.put(end, new LongAdder());
        }
        for (Resolution resolution : Resolution.values()) {
            resolved.put(resolution, new LongAdder());
        }
    }

    private enum State {
        OPEN,
        COMMITTING,
        OVERDUE,
        ENDED
    }

    /** One of them. */
    static final class Open {

        private final Connection connection;
        private final TransactionLimits limits;
        private final long begunAt = System.nanoTime();
        private final AtomicReference<State> state = new AtomicReference<>(State.OPEN);

        private Open(Connection connection, TransactionLimits limits) {
            this.connection = connection;
            this.limits = limits;
        }

        /** Whether the time is not over; from now on the watchdog leaves it alone. */
        boolean commit() {
            boolean inTime = state.compareAndSet(State.OPEN, State.COMMITTING);
            countOverrun();
            return inTime;
        }

        /** Whether the watchdog has ended it. */
        boolean overdue() {
            return state.get() == State.OVERDUE;
        }

        Duration remaining() {
            long nanos = limits.transaction().toNanos() - (System.nanoTime() - begunAt);
            return Duration.ofNanos(Math.max(0, nanos));
        }

        void end(TransactionEnd end) {
            if (open.remove(this)) {
                ends(end).increment();
                if (state.compareAndSet(State.OPEN, State.ENDED)) {
                    countOverrun();
                }
            }
        }

        private void countOverrun() {
            if (System.nanoTime() - begunAt - limits.transaction().toNanos() > OVERRUN) {
                overran.increment();
            }
        }

        private void endIfOverdue() {
            if (remaining().isZero() && state.compareAndSet(State.OPEN, State.OVERDUE)) {
                daemon("penstock-deadline", this::cut);
            }
        }

        /** The cancel goes over a connection of its own, which may take its time: on a thread of its own. */
        private void cut() {
            log.warn(
                    "a transaction of ours was open for its {} s, expected it to end before that; it is undone, and its connection closed",
                    limits.transaction().toMillis() / 1000.0);
            try {
                if (connection.isWrapperFor(PGConnection.class)) {
                    connection.unwrap(PGConnection.class).cancelQuery();
                }
            } catch (SQLException failure) {
                log.debug(
                        "the statement of an overdue transaction could not be cancelled, it has a limit itself",
                        failure);
            }
            try {
                connection.abort(Runnable::run);
            } catch (SQLException failure) {
                log.debug(
                        "the connection of an overdue transaction could not be closed, it has a limit itself", failure);
            }
        }
    }

    private OpenTransactions() {}

    static Open begin(Connection connection, TransactionLimits limits) {
        Open begun = new Open(connection, limits);
        open.add(begun);
        if (!watched.get() && watched.compareAndSet(false, true)) {
            daemon("penstock-transactions", OpenTransactions::watch);
        }
        return begun;
    }

    private static void watch() {
        try {
            int looksAtNothing = 0;
            while (true) {
                TimeUnit.NANOSECONDS.sleep(EVERY.toNanos());
                open.forEach(Open::endIfOverdue);
                looksAtNothing = open.isEmpty() ? looksAtNothing + 1 : 0;
                if (looksAtNothing > LOOKS_AT_NOTHING) {
                    watched.set(false);
                    if (open.isEmpty() || !watched.compareAndSet(false, true)) { // one may have begun in between
                        return;
                    }
                }
            }
        } catch (InterruptedException interrupted) {
            watched.set(false);
            log.warn("the watchdog of transactions was interrupted; it begins again with the next one");
        }
    }

    private static void daemon(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }

    /** A commit without an answer was asked for. */
    public static void resolved(Resolution resolution) {
        LongAdder count = resolved.get(resolution);
        if (count != null) {
            count.increment();
        }
    }

    private static LongAdder ends(TransactionEnd end) {
        LongAdder count = ends.get(end);
        if (count == null) {
            throw new IllegalStateException("every end has a count, and " + end + " has none");
        }
        return count;
    }

    /** How many are open. */
    public static int count() {
        return open.size();
    }

    /** For how long the oldest of them is open; zero if there is none. */
    public static Duration oldest() {
        long now = System.nanoTime();
        return Duration.ofNanos(
                open.stream().mapToLong(one -> now - one.begunAt).max().orElse(0));
    }

    /** How many have ended so, ever. */
    public static long ended(TransactionEnd end) {
        return ends(end).sum();
    }

    /** How many commits without an answer turned out so, ever. */
    public static long ofResolution(Resolution resolution) {
        LongAdder count = resolved.get(resolution);
        return count == null ? 0 : count.sum();
    }

    /** How many were open for two seconds longer than their limit, ever: none, unless the process was stopped. */
    public static long overran() {
        return overran.sum();
    }
}
