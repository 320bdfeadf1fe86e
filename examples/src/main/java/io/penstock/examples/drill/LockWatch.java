package io.penstock.examples.drill;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Looks forty times a second whether the tenant's row is locked on B, and how many wait for rows on either. */
final class LockWatch implements AutoCloseable {

    private static final Duration EVERY = Duration.ofMillis(25);
    private static final String FREE =
            "SELECT 1 FROM tenant WHERE key = '" + TenantTable.TENANT + "' FOR SHARE SKIP LOCKED";
    private static final String WAITING =
            "SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype IN ('tuple', 'transactionid')";

    private final Connection a;
    private final Connection b;
    private final Thread thread = new Thread(this::run, "lock-watch");
    private volatile boolean stopping;
    private long longest;
    private int waiting;

    private LockWatch(Connection a, Connection b) {
        this.a = a;
        this.b = b;
    }

    static LockWatch start(TwoClusters clusters) throws SQLException {
        LockWatch watch =
                new LockWatch(clusters.toA().getConnection(), clusters.toB().getConnection());
        watch.thread.start();
        return watch;
    }

    private void run() {
        try {
            long lockedSince = System.nanoTime();
            while (!stopping) {
                TimeUnit.NANOSECONDS.sleep(EVERY.toNanos());
                long now = System.nanoTime();
                if (TwoClusters.query(b, FREE).isEmpty()) {
                    note(now - lockedSince);
                } else {
                    lockedSince = now;
                }
                note(Math.max(waiting(a), waiting(b)));
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } catch (SQLException failure) {
            throw new IllegalStateException("the locks cannot be watched", failure);
        }
    }

    private static int waiting(Connection connection) throws SQLException {
        return Integer.parseInt(TwoClusters.query(connection, WAITING).get(0));
    }

    private synchronized void note(long lockedFor) {
        longest = Math.max(longest, lockedFor);
    }

    private synchronized void note(int sessions) {
        waiting = Math.max(waiting, sessions);
    }

    /** For how long the row was locked on B without a break, in seconds. */
    synchronized double longestLock() {
        return longest / 1e9;
    }

    /** The most sessions that waited for rows of one server at once: no less than waited for one row. */
    synchronized int mostWaiting() {
        return waiting;
    }

    @Override
    public void close() {
        stopping = true;
        try {
            thread.join();
            a.close();
            b.close();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
    }
}
