package io.penstock.examples.demo;

import io.penstock.examples.demo.DemoSettings.IngestVariant;
import io.penstock.examples.demo.DemoSettings.Pace;
import io.penstock.examples.setup.TemporaryDatabase;
import io.penstock.objective.LatencyObjective;
import io.penstock.testkit.DatabaseServer;
import java.io.IOException;
import java.net.http.HttpClient;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import javax.sql.DataSource;

/** The demo's rates without the deliveries that are there at once, on one of its set-ups, with an objective for the runbook steps. */
public final class StarvationRun {

    /** What is promised of steps. */
    public static final Duration WITHIN = Duration.ofSeconds(5);

    public static final double TARGET = 0.99;

    private static final Duration WARM_UP = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    /**
     * What came of it. Times are seconds from the beginning of the load, by the database's clock.
     *
     * @param alertAfter by rule; absent if it did not page
     * @param firstLateAfter when the first step missed its deadline; infinite if none did
     * @param attainment what part of the steps was in time
     */
    public record Told(Map<String, Double> alertAfter, double firstLateAfter, double attainment) {

        /** When a rule paged; not a number if it did not. */
        public double alert(String rule) {
            return alertAfter.getOrDefault(rule, Double.NaN);
        }
    }

    private StarvationRun() {}

    /** One queue for both, first in, first out. */
    public static Told naive(DatabaseServer server, long seed, Duration duration, Screen screen)
            throws IOException, SQLException, InterruptedException {
        return run(server, seed, duration, screen, Phase.SHARED);
    }

    /** A guarantee for the steps, lent while it is idle. */
    public static Told penstock(DatabaseServer server, long seed, Duration duration, Screen screen)
            throws IOException, SQLException, InterruptedException {
        return run(server, seed, duration, screen, Phase.PENSTOCK);
    }

    private static Told run(DatabaseServer server, long seed, Duration duration, Screen screen, Phase phase)
            throws IOException, SQLException, InterruptedException {
        DemoSettings settings =
                new DemoSettings(seed, 0, WARM_UP, duration, PATIENCE, Pace.EVEN, IngestVariant.DOWNLOAD);
        HttpClient client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(5))
                .build();
        String name = "penstock_drill_" + ProcessHandle.current().pid() + "_" + phase.key();
        LatencyObjective objective =
                LatencyObjective.of(phase.runbookQueue(), WITHIN, TARGET).ofType(Workload.STEP.name());
        try (LocalServices services = LocalServices.start(CloudTrailFiles.of(seed), settings);
                TemporaryDatabase database = TemporaryDatabase.create(server, name)) {
            Demo.prepare(database.dataSource());
            new PhaseRun(settings, phase, services, client, screen, worker -> worker.objective(objective))
                    .run(database.dataSource());
            return told(database.dataSource());
        }
    }

    private static Told told(DataSource database) throws SQLException {
        Map<String, Double> alerts = new HashMap<>();
        try (Connection connection = database.getConnection()) {
            try (PreparedStatement statement = connection.prepareStatement(Sql.of("alerts"));
                    ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    alerts.put(row.getString(1), row.getDouble(2));
                }
            }
            try (PreparedStatement statement = connection.prepareStatement(Sql.of("late_steps"))) {
                statement.setLong(1, WITHIN.toMillis());
                statement.setString(2, Workload.STEP.name());
                try (ResultSet row = statement.executeQuery()) {
                    row.next();
                    double first = row.getDouble(1);
                    return new Told(alerts, row.wasNull() ? Double.POSITIVE_INFINITY : first, row.getDouble(2));
                }
            }
        }
    }
}
