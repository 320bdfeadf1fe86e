package io.penstock.chaos;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * How long committed jobs waited for their first claim. The commit's moment is the server's own, taken just before it
 * answers ({@code track_commit_timestamp}), so no delay is made out shorter than it was. Jobs that were scheduled wait for
 * promotion and are left out.
 */
final class Delays {

    /** A job that could be claimed from its commit on. */
    record Delay(String jobId, Instant enqueued, Instant committed, Instant claimed) {

        double millis() {
            return Duration.between(committed, claimed).toNanos() / 1e6;
        }

        /** Open for so long that others have long gone on claiming above it. */
        boolean late() {
            return Duration.between(enqueued, committed).toMillis() >= 250;
        }

        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT, "%.0f ms: job %s, enqueued %s, committed %s", millis(), jobId, enqueued, committed);
        }
    }

    /** When the server was down, or a worker was, and a while after. */
    record Window(Instant from, Instant to) {

        boolean touches(Instant begin, Instant end) {
            return end.isAfter(from) && begin.isBefore(to);
        }
    }

    private static final String SQL = """
            SELECT f.id, e.at, pg_xact_commit_timestamp(e.xid::xid), f.first_claimed_at
            FROM (SELECT DISTINCT ON (job_id) job_id, at, xid, transition FROM penstock.job_event ORDER BY job_id, sequence) AS e
            JOIN penstock.finished AS f ON f.id = e.job_id
            WHERE e.transition = 'available' AND f.first_claimed_at IS NOT NULL
              AND pg_xact_commit_timestamp(e.xid::xid) IS NOT NULL
            """;

    private final List<Delay> delays;

    private Delays(List<Delay> delays) {
        this.delays = delays;
    }

    /** Those of all jobs but the ones that waited in one of the windows. */
    static Delays read(Connection connection, List<Window> without) throws SQLException {
        List<Delay> delays = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(SQL)) {
            while (row.next()) {
                Delay delay = new Delay(row.getString(1), instant(row, 2), instant(row, 3), instant(row, 4));
                if (without.stream().noneMatch(window -> window.touches(delay.committed(), delay.claimed()))) {
                    delays.add(delay);
                }
            }
        }
        delays.sort(Comparator.comparingDouble(Delay::millis));
        return new Delays(delays);
    }

    private static Instant instant(ResultSet row, int column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }

    Delays late() {
        return new Delays(delays.stream().filter(Delay::late).toList());
    }

    /** Those that no floor can have kept: what they waited, the machine or the worker kept everybody waiting. */
    Delays prompt() {
        return new Delays(delays.stream().filter(delay -> !delay.late()).toList());
    }

    double p99() {
        return quantile(0.99);
    }

    /** The longest, in words. */
    List<Delay> longest(int number) {
        return delays.subList(Math.max(0, delays.size() - number), delays.size());
    }

    private double quantile(double share) {
        return delays.isEmpty()
                ? 0
                : delays.get((int) Math.ceil(share * delays.size()) - 1).millis();
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "p50 %.1f ms, p99 %.1f ms, max %.1f ms of %d jobs",
                quantile(0.5),
                p99(),
                quantile(1),
                delays.size());
    }
}
