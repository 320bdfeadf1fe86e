package io.penstock.store;

import io.penstock.job.Priority;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Who lives, who sleeps, who is lost, and what becomes of the jobs of the lost. Runs inside the caller's transaction. */
public final class WorkerStore {

    /**
     * Another worker, as seen at one look.
     *
     * @param sessionGone whether it holds a session lock by its own word and the server says that it does not
     * @param sinceLost how long ago it was fenced; zero while it lives
     */
    public record WorkerSeen(
            long workerId,
            String name,
            boolean lost,
            long heartbeats,
            Duration lease,
            boolean sessionGone,
            Duration sinceLost) {}

    private WorkerStore() {}

    public static long register(Connection connection, String name, Duration lease) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("register_worker"))) {
            statement.setString(1, name);
            statement.setLong(2, lease.toMillis());
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    /** Takes the session's advisory lock of the worker. Must be on the connection that will beat. */
    public static boolean lockSession(Connection connection, long workerId) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("lock_session"))) {
            statement.setLong(1, workerId);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getBoolean(1);
            }
        }
    }

    /**
     * What a beat learns.
     *
     * @param alive false if the worker was fenced: it owns nothing any more
     * @param cancelled the lease tokens of its attempts that are to be cancelled, by job
     */
    public record Beat(boolean alive, Map<UUID, Long> cancelled) {}

    public static Beat beat(Connection connection, long workerId, boolean sessionLock) throws SQLException {
        Map<UUID, Long> cancelled = new HashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("heartbeat"))) {
            statement.setBoolean(1, sessionLock);
            statement.setLong(2, workerId);
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next()) {
                    return new Beat(false, Map.of());
                }
                Object[] jobs = (Object[]) row.getArray(1).getArray();
                Object[] leaseTokens = (Object[]) row.getArray(2).getArray();
                for (int index = 0; index < jobs.length; index++) {
                    cancelled.put((UUID) jobs[index], (Long) leaseTokens[index]);
                }
            }
        }
        if (!cancelled.isEmpty()) {
            try (PreparedStatement statement = connection.prepareStatement(Statements.of("forget_cancellations"))) {
                statement.setLong(1, workerId);
                statement.executeUpdate();
            }
        }
        return new Beat(true, cancelled);
    }

    public static void remove(Connection connection, long workerId) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("remove_worker"))) {
            statement.setLong(1, workerId);
            statement.setLong(2, workerId);
            statement.setLong(3, workerId);
            statement.setLong(4, workerId);
            statement.executeUpdate();
        }
    }

    /** Every worker but the one that asks. */
    public static List<WorkerSeen> others(Connection connection, long workerId) throws SQLException {
        List<WorkerSeen> workers = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("workers"))) {
            statement.setLong(1, workerId);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    workers.add(new WorkerSeen(
                            rows.getLong(1),
                            rows.getString(2),
                            rows.getString(3).equals("lost"),
                            rows.getLong(4),
                            Duration.ofMillis(rows.getLong(5)),
                            rows.getBoolean(6),
                            Duration.ofMillis(rows.getLong(7))));
                }
            }
        }
        return workers;
    }

    /** Fences a worker, unless it has beaten since it was seen. */
    public static boolean fence(Connection connection, WorkerSeen worker) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("fence_worker"))) {
            statement.setLong(1, worker.workerId());
            statement.setLong(2, worker.heartbeats());
            try (ResultSet row = statement.executeQuery()) {
                return row.next();
            }
        }
    }

    /** Makes what a lost worker was running in one leaf available again, or discards it where no attempt is left. */
    public static int rescue(Connection connection, Leaf leaf, Range range, long workerId, String failure)
            throws SQLException {
        int moved = 0;
        for (int priority = 0; priority < Priority.LEVELS; priority++) {
            if (!range.empty(priority)) {
                moved += rescueLevel(connection, "rescue", leaf, priority, range, workerId, failure);
                moved += rescueLevel(connection, "discard_lost", leaf, priority, range, workerId, failure);
            }
        }
        return moved;
    }

    /** Whether a worker still owns jobs in one leaf, locked or not. */
    public static boolean owns(Connection connection, Leaf leaf, Range range, long workerId) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("owns", leaf))) {
            for (int priority = 0; priority < Priority.LEVELS; priority++) {
                statement.setLong(range.bind(statement, priority), workerId);
                try (ResultSet row = statement.executeQuery()) {
                    row.next();
                    if (row.getBoolean(1)) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    private static int rescueLevel(
            Connection connection, String name, Leaf leaf, int priority, Range range, long workerId, String failure)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(Statements.of(name, leaf))) {
            int next = range.bind(statement, priority);
            statement.setLong(next++, workerId);
            statement.setString(next++, failure);
            if (name.equals("rescue")) {
                statement.setString(next, leaf.positionSequence());
            }
            return CompletionStore.ids(statement).size();
        }
    }

    public static void sleep(Connection connection, long workerId, Collection<Integer> queueIds) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("sleep"))) {
            statement.setLong(1, workerId);
            statement.setArray(2, connection.createArrayOf("integer", queueIds.toArray()));
            statement.executeUpdate();
        }
    }

    public static void wake(Connection connection, long workerId, Collection<Integer> queueIds) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("wake"))) {
            statement.setLong(1, workerId);
            statement.setArray(2, connection.createArrayOf("integer", queueIds.toArray()));
            statement.executeUpdate();
        }
    }
}
