package io.penstock.examples.benchmarks;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The processes of the server that serve one database, where they can be seen from here; else their time is not a number. */
record ServerProcesses(List<ProcessHandle> processes) {

    static ServerProcesses of(BenchDatabase database) throws SQLException {
        List<ProcessHandle> processes = new ArrayList<>();
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT pid FROM pg_stat_activity"
                        + " WHERE datname = current_database() AND pid <> pg_backend_pid()")) {
            while (rows.next()) {
                ProcessHandle.of(rows.getLong(1))
                        .filter(process ->
                                process.info().command().stream().anyMatch(command -> command.contains("postgres")))
                        .ifPresent(processes::add);
            }
        }
        return new ServerProcesses(List.copyOf(processes));
    }

    double cpuSeconds() {
        return processes.isEmpty()
                ? Double.NaN
                : processes.stream()
                                .map(process -> process.info().totalCpuDuration())
                                .flatMap(Optional::stream)
                                .mapToDouble(Duration::toNanos)
                                .sum()
                        / 1e9;
    }
}
