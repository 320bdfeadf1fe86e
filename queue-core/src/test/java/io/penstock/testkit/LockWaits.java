package io.penstock.testkit;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;

/**
 * Watches how long anybody in a database waits for a lock, as the server tells it, a hundred times a second. Unlike the time
 * that a caller measures, it says nothing of the machine.
 */
public final class LockWaits implements AutoCloseable {

    private static final String LONGEST = """
            SELECT coalesce(max(extract(epoch FROM clock_timestamp() - l.waitstart) * 1000), 0)::bigint
            FROM pg_locks AS l JOIN pg_stat_activity AS a USING (pid)
            WHERE NOT l.granted AND a.datname = current_database() AND a.query ~ ?
            """;

    private final Connection connection;
    private final String query;
    private final CompletableFuture<Long> watch;
    private volatile boolean stopped;

    /**
     * Begins to watch.
     *
     * @param query only statements that match this pattern
     */
    public LockWaits(PenstockDatabase database, String query) throws SQLException {
        this.connection = database.connect();
        this.query = query;
        this.watch = CompletableFuture.supplyAsync(this::watch);
    }

    private long watch() {
        long longest = 0;
        try (PreparedStatement statement = connection.prepareStatement(LONGEST)) {
            statement.setString(1, query);
            while (!stopped) {
                try (ResultSet row = statement.executeQuery()) {
                    row.next();
                    longest = Math.max(longest, row.getLong(1));
                }
                LockSupport.parkNanos(10_000_000);
            }
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
        return longest;
    }

    /** Ends the watch; answers the longest wait that was seen, in milliseconds. */
    public long longest() {
        stopped = true;
        return watch.join();
    }

    @Override
    public void close() throws SQLException {
        longest();
        connection.close();
    }
}
