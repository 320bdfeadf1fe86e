package io.penstock.examples.demo;

import io.penstock.examples.setup.TemporaryDatabase;
import io.penstock.migrate.Migrator;
import io.penstock.testkit.DatabaseServer;
import java.io.IOException;
import java.net.http.HttpClient;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import javax.sql.DataSource;

/** Runs the four phases one after the other, each on a fresh database of the server. */
public final class Demo {

    private final DatabaseServer server;
    private final DemoSettings settings;
    private final Screen screen;

    public Demo(DatabaseServer server, DemoSettings settings, Screen screen) {
        this.server = server;
        this.settings = settings;
        this.screen = screen;
    }

    /** Runs all phases and shows what they came to. */
    public DemoReport run() throws IOException, SQLException, InterruptedException {
        screen.say("Deliveries: " + Workload.FILES + " gzip files of " + Workload.RECORDS_PER_FILE
                + " CloudTrail records, seed " + settings.seed() + " (made once, then kept)");
        CloudTrailFiles files = CloudTrailFiles.of(settings.seed());
        screen.say("Runbook steps: " + Workload.STEPS_PER_SECOND + " a second, "
                + (settings.pace() == DemoSettings.Pace.EVEN ? "evenly paced" : "a Poisson process")
                + "; deliveries: " + Workload.DELIVERIES_AT_ONCE + " at once, then "
                + Workload.DELIVERIES_PER_SECOND + " a second; " + Workload.SLOTS + " slots");
        screen.begin();
        HttpClient client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(5))
                .build();
        Map<Phase, PhaseFigures> figures = new EnumMap<>(Phase.class);
        try (LocalServices services = LocalServices.start(files, settings)) {
            for (Phase phase : Phase.values()) {
                PhaseFigures measured = run(new PhaseRun(settings, phase, services, client, screen), phase);
                figures.put(phase, measured);
                screen.finished(phase, measured);
            }
        }
        DemoReport report = new DemoReport(figures);
        ReportText text = new ReportText(report);
        screen.say("");
        screen.say(text.sentence());
        screen.say(text.tables());
        return report;
    }

    private PhaseFigures run(PhaseRun run, Phase phase) throws SQLException, InterruptedException {
        String name = "penstock_demo_" + ProcessHandle.current().pid() + "_" + phase.key();
        try (TemporaryDatabase database = TemporaryDatabase.create(server, name)) {
            prepare(database.dataSource());
            return run.run(database.dataSource());
        }
    }

    static void prepare(DataSource database) throws SQLException {
        new Migrator(database).migrate();
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(Sql.of("tables"));
            statement.execute("VACUUM ANALYZE monitored_resource");
        }
    }
}
