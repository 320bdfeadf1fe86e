package io.penstock.admin.cli;

import com.zaxxer.hikari.HikariDataSource;
import io.penstock.operate.AlertOperations;
import io.penstock.operate.BlockerOperations;
import io.penstock.operate.JobOperations;
import io.penstock.operate.ObjectiveOperations;
import io.penstock.operate.QueueOperations;
import io.penstock.operate.ScheduleOperations;
import java.util.concurrent.Callable;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** A command that works on the database which the environment names. */
abstract class DatabaseCommand implements Callable<Integer> {

    private static final int CONNECTIONS = 2;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--json", description = "Print one JSON document and nothing else on standard output.")
    private boolean json;

    @Option(
            names = "--actor",
            paramLabel = "NAME",
            description = "Who you are, for the audit; the login is written beside it.")
    private @Nullable String actor;

    /** Answers the exit status. */
    abstract int run(DataSource dataSource, Output output) throws Exception;

    @Override
    public Integer call() throws Exception {
        Output output = new Output(
                spec.commandLine().getOut(),
                spec.commandLine().getErr(),
                json,
                surroundings().person());
        DatabaseSettings settings = DatabaseSettings.from(surroundings().environment());
        try (HikariDataSource dataSource = settings.pool("penstock-cli", CONNECTIONS)) {
            return run(dataSource, output);
        } finally {
            output.flush();
        }
    }

    JobOperations jobs(DataSource dataSource) {
        return JobOperations.on(dataSource, actor);
    }

    QueueOperations queues(DataSource dataSource) {
        return QueueOperations.on(dataSource, actor);
    }

    ObjectiveOperations objectives(DataSource dataSource) {
        return ObjectiveOperations.on(dataSource, actor);
    }

    AlertOperations alerts(DataSource dataSource) {
        return AlertOperations.on(dataSource, actor);
    }

    BlockerOperations blockers(DataSource dataSource) {
        return BlockerOperations.on(dataSource, actor);
    }

    ScheduleOperations scheduleOperations(DataSource dataSource) {
        return ScheduleOperations.on(dataSource, actor);
    }

    /** Who is shown as having done it. */
    String who() {
        if (actor != null) {
            return actor;
        }
        String login = surroundings().environment().get("PENSTOCK_DATABASE_USER");
        return login == null || login.isBlank() ? "an operator" : login;
    }

    Surroundings surroundings() {
        return Surroundings.of(spec);
    }
}
