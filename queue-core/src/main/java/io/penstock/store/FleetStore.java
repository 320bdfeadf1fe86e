package io.penstock.store;

import io.penstock.job.ConcurrencyBudget;
import io.penstock.job.Lending;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What the workers bring, and how the budgets are divided among them. Runs inside the caller's transaction. */
public final class FleetStore {

    /** What one worker brings. */
    public record Member(long workerId, int capacity, int headroom, Set<Integer> queues) {}

    /**
     * What is to be divided.
     *
     * @param epoch the division that it is to follow
     * @param fingerprint of members and budgets
     * @param missing how many guaranteed slots the workers did not have then
     * @param gaveWay whether heavy queues gave way then
     * @param budgets by queue
     * @param givingWay the heavy queues, if they are to give way now
     */
    public record Fleet(
            long epoch,
            long fingerprint,
            int missing,
            boolean gaveWay,
            List<Member> members,
            Map<Integer, ConcurrencyBudget> budgets,
            Set<Integer> givingWay) {}

    /** A worker's part of one budget; a limit of 0 is none. */
    public record Share(int guarantee, int limit, int weight, boolean strict, Lending lending) {}

    /** What a worker has of all budgets. */
    public record Shares(long epoch, Map<Integer, Share> byQueue) {}

    /** What guarantees have room in. */
    public record Room(int othersGuaranteed, int workers, int capacity, int headroom) {}

    private FleetStore() {}

    /** Says what a worker brings, once for its number. */
    public static void join(Connection connection, Member member) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("join_fleet"))) {
            statement.setLong(1, member.workerId());
            statement.setInt(2, member.capacity());
            statement.setInt(3, member.headroom());
            statement.setArray(
                    4,
                    connection.createArrayOf(
                            "integer", member.queues().stream().sorted().toArray()));
            statement.executeUpdate();
        }
    }

    public static Fleet read(Connection connection) throws SQLException {
        long epoch = 0;
        long fingerprint = 0;
        int missing = 0;
        boolean gaveWay = false;
        boolean giveWay = false;
        Set<Integer> heavy = new HashSet<>();
        List<Member> members = new ArrayList<>();
        Map<Integer, ConcurrencyBudget> budgets = new HashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("fleet"));
                ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                switch (row.getString(1)) {
                    case "epoch" -> {
                        epoch = row.getLong(2);
                        fingerprint = row.getLong(3);
                        missing = row.getInt(4);
                        gaveWay = row.getBoolean(7);
                        giveWay = row.getBoolean(9);
                    }
                    case "worker" ->
                        members.add(new Member(row.getLong(2), row.getInt(3), row.getInt(4), integers(row, 6)));
                    default -> {
                        budgets.put(
                                row.getInt(2),
                                new ConcurrencyBudget(
                                        row.getInt(3),
                                        row.getInt(4),
                                        row.getInt(5),
                                        row.getBoolean(7),
                                        LendingColumn.read(row, 8)));
                        if (row.getBoolean(9)) {
                            heavy.add(row.getInt(2));
                        }
                    }
                }
            }
        }
        return new Fleet(epoch, fingerprint, missing, gaveWay, members, budgets, giveWay ? heavy : Set.of());
    }

    private static Set<Integer> integers(ResultSet row, int column) throws SQLException {
        Set<Integer> integers = new HashSet<>();
        for (Object value : (Object[]) row.getArray(column).getArray()) {
            integers.add((Integer) value);
        }
        return integers;
    }

    /**
     * Divides the budgets, unless somebody has since the fleet was read; answers whether this was it.
     *
     * @param shares by worker, by queue
     * @param missing how many guaranteed slots the workers do not have
     */
    public static boolean allocate(
            Connection connection, long workerId, Fleet fleet, Map<Long, Map<Integer, Share>> shares, int missing)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("allocate"))) {
            statement.setLong(1, workerId);
            statement.setLong(2, fleet.fingerprint());
            statement.setString(3, json(shares));
            statement.setInt(4, missing);
            statement.setBoolean(5, !fleet.givingWay().isEmpty());
            statement.setLong(6, fleet.epoch());
            try (ResultSet row = statement.executeQuery()) {
                return row.next();
            }
        }
    }

    private static String json(Map<Long, Map<Integer, Share>> shares) {
        List<String> workers = new ArrayList<>();
        shares.forEach((worker, byQueue) -> {
            List<String> queues = new ArrayList<>();
            byQueue.forEach((queue, share) -> queues.add("\"" + queue + "\":[" + share.guarantee() + "," + share.limit()
                    + "," + share.weight() + "," + share.strict() + "," + LendingColumn.text(share.lending()) + "]"));
            workers.add("\"" + worker + "\":{" + String.join(",", queues) + "}");
        });
        return "{" + String.join(",", workers) + "}";
    }

    public static Shares shares(Connection connection, long workerId) throws SQLException {
        long epoch = 0;
        Map<Integer, Share> byQueue = new HashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("shares"))) {
            statement.setLong(1, workerId);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    epoch = row.getLong(1);
                    int queue = row.getInt(2);
                    if (!row.wasNull()) {
                        byQueue.put(
                                queue,
                                new Share(
                                        row.getInt(3),
                                        row.getInt(4),
                                        row.getInt(5),
                                        row.getBoolean(6),
                                        LendingColumn.read(row, 7)));
                    }
                }
            }
        }
        return new Shares(epoch, byQueue);
    }

    /** What the other queues are guaranteed, and what the workers that are alive bring. */
    public static Room room(Connection connection, String queue) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("fleet_room"))) {
            statement.setString(1, queue);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return new Room(row.getInt(1), row.getInt(2), row.getInt(3), row.getInt(4));
            }
        }
    }
}
