package io.penstock.examples;

import io.penstock.admin.cli.ExitCode;
import io.penstock.examples.tenants.TenantMove;
import io.penstock.migrate.Migrator;
import io.penstock.testkit.DatabaseServer;
import io.penstock.testkit.EmbeddedServer;
import java.io.PrintWriter;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.Callable;
import javax.sql.DataSource;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs the move of examples/dual-write. */
@Command(
        name = "tenants",
        description = {
            "Runs the move of examples/dual-write: tenants go to another cluster and another schema, and back, while they are written to.",
            "Starts two PostgreSQL of its own. Exit status 1 if a change failed."
        })
final class TenantsCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--seconds",
            defaultValue = "5",
            description = "After each step, to watch what is written (default: ${DEFAULT-VALUE}).")
    private int seconds;

    @Override
    public Integer call() throws Exception {
        PrintWriter out = spec.commandLine().getOut();
        try (DatabaseServer old = EmbeddedServer.start(false);
                DatabaseServer fresh = EmbeddedServer.start(false)) {
            long failed =
                    TenantMove.run(database(old), database(fresh), Duration.ofSeconds(Math.max(1, seconds)), line -> {
                        out.println(line);
                        out.flush();
                    });
            return failed == 0 ? ExitCode.OK : ExitCode.FAILED;
        }
    }

    private static DataSource database(DatabaseServer server) throws SQLException {
        DataSource dataSource = server.dataSource(server.createDatabase("tenants"));
        new Migrator(dataSource).migrate();
        return dataSource;
    }
}
