package io.penstock.admin.cli;

import com.zaxxer.hikari.HikariDataSource;
import io.penstock.diagnose.Doctor;
import io.penstock.diagnose.Finding;
import io.penstock.diagnose.Finding.Level;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ArrayNode;

/** Examines the configuration, the connection, the login, the schema and the fleet. */
@Command(
        name = "doctor",
        description = {
            "Examines configuration, connection, login, schema, workers and queues: a line each, OK, WARN or FAIL,",
            "with what to do. Exits with 1 if anything fails."
        },
        subcommands = BlockersCommand.class)
public final class DoctorCommand implements Callable<Integer> {

    private static final int CONNECTIONS = 2;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--json", description = "Print one JSON document and nothing else on standard output.")
    private boolean json;

    @Override
    public Integer call() {
        Output output =
                new Output(spec.commandLine().getOut(), spec.commandLine().getErr(), json, null);
        DatabaseSettings settings = DatabaseSettings.from(Surroundings.of(spec).environment());
        List<Finding> findings;
        try (HikariDataSource dataSource = settings.pool("penstock-doctor", CONNECTIONS)) {
            findings = new Doctor(dataSource, settings.url(), Clock.systemUTC()).examine();
        }
        ArrayNode nodes = Output.array();
        for (Finding finding : findings) {
            nodes.addObject()
                    .put("level", finding.level().name())
                    .put("subject", finding.subject())
                    .put("text", finding.text())
                    .put("advice", finding.advice());
            output.line(String.format("%-4s  %-12s  %s", finding.level(), finding.subject(), finding.text())
                    + (finding.advice() == null ? "" : "; " + finding.advice()));
        }
        output.document(nodes);
        output.flush();
        return findings.stream().anyMatch(finding -> finding.level() == Level.FAIL) ? ExitCode.FAILED : ExitCode.OK;
    }
}
