package io.penstock.store;

import io.penstock.job.Pause;
import io.penstock.job.PauseScope;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Pauses of queues and of parts of them. Runs inside the caller's transaction. */
public final class PauseStore {

    private PauseStore() {}

    /** The pauses that hold, by queue, each queue's own first. */
    static Map<Integer, List<Pause>> all(Connection connection) throws SQLException {
        Map<Integer, List<Pause>> pauses = new HashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("pauses"));
                ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                OffsetDateTime until = row.getObject(6, OffsetDateTime.class);
                pauses.computeIfAbsent(row.getInt(1), queue -> new ArrayList<>())
                        .add(new Pause(
                                PauseScope.ofSubject(row.getString(2)),
                                row.getObject(3, OffsetDateTime.class).toInstant(),
                                row.getString(4),
                                row.getString(5),
                                until.equals(OffsetDateTime.MAX) ? null : until.toInstant()));
            }
        }
        return pauses;
    }

    /** Holds something of a queue back; answers false where it is held back already. */
    public static boolean pause(
            Connection connection,
            String queue,
            PauseScope scope,
            String who,
            @Nullable String why,
            @Nullable Duration lasting)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("pause"))) {
            statement.setString(1, scope.subject());
            statement.setString(2, who);
            statement.setString(3, why);
            if (lasting == null) {
                statement.setNull(4, Types.BIGINT);
            } else {
                statement.setLong(4, lasting.toSeconds());
            }
            statement.setString(5, queue);
            try (ResultSet row = statement.executeQuery()) {
                return row.next();
            }
        }
    }

    /** Lets it go on; answers false where it was not held back. */
    public static boolean resume(Connection connection, String queue, PauseScope scope) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("resume"))) {
            statement.setString(1, queue);
            statement.setString(2, scope.subject());
            try (ResultSet row = statement.executeQuery()) {
                return row.next();
            }
        }
    }

    /** Puts some jobs back in line that were parked for a pause which is over: the queue of each. */
    public static List<Integer> release(Connection connection, int most) throws SQLException {
        List<Integer> queues = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("release_paused"))) {
            statement.setInt(1, most);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    queues.add(row.getInt(1));
                }
            }
        }
        return queues;
    }
}
