package io.penstock.examples.demo;

import io.penstock.examples.demo.JobFigures.Latency;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Reads the figures of a phase from the rows of the queue, by the clock of the database. */
final class Measurement {

    private final DataSource dataSource;

    Measurement(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    void start(DemoSettings settings) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement statement = connection.prepareStatement(Sql.of("start_phase"))) {
            statement.setLong(1, settings.warmUp().toMillis());
            statement.setLong(2, settings.warmUp().plus(settings.duration()).toMillis());
            statement.executeUpdate();
        }
    }

    void end() throws SQLException {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement statement = connection.prepareStatement(Sql.of("end_phase"))) {
            statement.executeUpdate();
        }
    }

    long unfinishedSteps() throws SQLException {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement statement = connection.prepareStatement(Sql.of("unfinished_steps"))) {
            statement.setString(1, Workload.STEP.name());
            statement.setString(2, Workload.MEASURED);
            return number(statement);
        }
    }

    long failedAttempts() throws SQLException {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement statement = connection.prepareStatement(Sql.of("failed_attempts"))) {
            return number(statement);
        }
    }

    PhaseFigures figures(Phase phase) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement statement = connection.prepareStatement(Sql.of("measure_slots"))) {
            statement.setInt(1, Workload.SLOTS);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return new PhaseFigures(
                        jobs(connection, Workload.STEP.name(), Workload.MEASURED),
                        phase.ingests() ? jobs(connection, Workload.DELIVERY.name(), null) : null,
                        row.getDouble("utilisation"),
                        row.getInt("slots_max"));
            }
        }
    }

    private static JobFigures jobs(Connection connection, String type, @Nullable String tag) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(Sql.of("measure_jobs"))) {
            statement.setString(1, type);
            statement.setString(2, tag);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return new JobFigures(
                        row.getLong("count"),
                        latency(row, "wait"),
                        latency(row, "total"),
                        row.getDouble("per_second"),
                        row.getLong("unfinished"));
            }
        }
    }

    private static Latency latency(ResultSet row, String name) throws SQLException {
        return new Latency(
                row.getDouble(name + "_p50"),
                row.getDouble(name + "_p95"),
                row.getDouble(name + "_p99"),
                row.getDouble(name + "_max"));
    }

    private static long number(PreparedStatement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery()) {
            row.next();
            return row.getLong(1);
        }
    }
}
