package io.penstock.examples;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import io.penstock.admin.cli.AlertsCommand;
import io.penstock.admin.cli.DoctorCommand;
import io.penstock.admin.cli.EnqueueCommand;
import io.penstock.admin.cli.ErrorReport;
import io.penstock.admin.cli.ExitCode;
import io.penstock.admin.cli.FixCommand;
import io.penstock.admin.cli.JobsCommand;
import io.penstock.admin.cli.MigrateCommand;
import io.penstock.admin.cli.ObjectivesCommand;
import io.penstock.admin.cli.QueuesCommand;
import io.penstock.admin.cli.SchedulesCommand;
import io.penstock.admin.cli.SloCommand;
import io.penstock.admin.cli.Surroundings;
import io.penstock.admin.cli.VersionCommand;
import io.penstock.examples.benchmarks.Bench;
import io.penstock.examples.drill.Drill;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.Charset;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The entry point of the one runnable jar. */
@Command(
        name = "penstock",
        scope = ScopeType.INHERIT,
        description = "A job queue on PostgreSQL in which a heavy workload cannot make a critical one late.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionCommand.Provider.class,
        subcommands = {
            DemoCommand.class,
            OrdersCommand.class,
            TenantsCommand.class,
            Bench.class,
            Drill.class,
            MigrateCommand.class,
            EnqueueCommand.class,
            QueuesCommand.class,
            JobsCommand.class,
            SchedulesCommand.class,
            ObjectivesCommand.class,
            SloCommand.class,
            AlertsCommand.class,
            DoctorCommand.class,
            FixCommand.class,
            AdminCommand.class,
            WorkerCommand.class,
            VersionCommand.class
        },
        exitCodeOnExecutionException = ExitCode.FAILED,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:it ran",
            "1:it ran and what it checks did not hold, or it failed",
            "2:wrong options, environment or input",
            "3:the database cannot be reached, refuses the login, or has the wrong schema",
            "4:a worker ended itself, out of memory or for another error of the virtual machine",
            "5:a worker ended itself, as many threads being lost to handlers that never return as it has slots"
        },
        footerHeading = "%nEnvironment:%n",
        footer = {
            "  PENSTOCK_DATABASE_URL       jdbc:postgresql://host:port/database; demo, orders and bench start one of their own without it",
            "  PENSTOCK_DATABASE_USER      the login",
            "  PENSTOCK_DATABASE_PASSWORD  its password"
        })
public final class Main implements Runnable, Surroundings {

    private static final int HELP_WIDTH = 120;

    @Option(
            names = "--verbose",
            scope = ScopeType.INHERIT,
            description = "Show the log on standard error, and the stack of an error.")
    private boolean verbose;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    private final Map<String, String> environment;
    private final @Nullable BufferedReader person;

    private Main(Map<String, String> environment, @Nullable BufferedReader person) {
        this.environment = Map.copyOf(environment);
        this.person = person;
    }

    public static void main(String[] arguments) {
        QuietExit.prepare();
        BufferedReader person = System.console() == null
                ? null
                : new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset()));
        System.exit(run(commandLine(System.getenv(), person), arguments));
    }

    static CommandLine commandLine() {
        return commandLine(System.getenv(), null);
    }

    static CommandLine commandLine(Map<String, String> environment, @Nullable BufferedReader person) {
        Main main = new Main(environment, person);
        CommandLine commandLine = new CommandLine(main);
        commandLine.setExecutionExceptionHandler(new ErrorReport());
        commandLine.setCaseInsensitiveEnumValuesAllowed(true);
        commandLine.setUsageHelpWidth(HELP_WIDTH);
        commandLine.setExecutionStrategy(parsed -> {
            if (main.verbose) {
                logEverything();
            }
            return new CommandLine.RunLast().execute(parsed);
        });
        return commandLine;
    }

    static int run(CommandLine commandLine, String... arguments) {
        return commandLine.execute(arguments);
    }

    @Override
    public Map<String, String> environment() {
        return environment;
    }

    @Override
    public boolean verbose() {
        return verbose;
    }

    @Override
    public boolean ending() {
        return QuietExit.begun();
    }

    @Override
    public @Nullable BufferedReader person() {
        return person;
    }

    @Override
    public void run() {
        throw new CommandLine.ParameterException(
                spec.commandLine(),
                "expected a command: demo, drill, orders, bench, migrate, enqueue, queues, jobs, schedules, objectives, slo, alerts, doctor, admin, worker or version");
    }

    static void logEverything() {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext logback) {
            logback.getLogger(Logger.ROOT_LOGGER_NAME).setLevel(Level.INFO);
        }
    }
}
