package io.penstock.examples;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import io.penstock.examples.benchmarks.Bench;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The entry point of the one runnable jar. */
@Command(
        name = "penstock",
        scope = ScopeType.INHERIT,
        description = "A job queue on PostgreSQL in which a heavy workload cannot make a critical one late.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionCommand.Provider.class,
        subcommands = {DemoCommand.class, Bench.class, MigrateCommand.class, AdminCommand.class, VersionCommand.class},
        exitCodeOnExecutionException = ExitCode.FAILED,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:it ran",
            "1:it ran and what it checks did not hold, or it failed",
            "2:wrong options, environment or input",
            "3:the database cannot be reached, refuses the login, or has the wrong schema"
        },
        footerHeading = "%nEnvironment:%n",
        footer = {
            "  PENSTOCK_DATABASE_URL       jdbc:postgresql://host:port/database; demo and bench start a server of their own without it",
            "  PENSTOCK_DATABASE_USER      the login",
            "  PENSTOCK_DATABASE_PASSWORD  its password"
        })
public final class Main implements Runnable {

    private static final int HELP_WIDTH = 120;

    @Option(
            names = "--verbose",
            scope = ScopeType.INHERIT,
            description = "Show the log on standard error, and the stack of an error.")
    private boolean verbose;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    public static void main(String[] arguments) {
        ErrorReport.quietAtExit();
        System.exit(run(commandLine(), arguments));
    }

    static CommandLine commandLine() {
        Main main = new Main();
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

    static boolean verbose(ParseResult parsed) {
        return parsed.commandSpec().root().userObject() instanceof Main main && main.verbose;
    }

    @Override
    public void run() {
        throw new CommandLine.ParameterException(
                spec.commandLine(), "expected a command: demo, bench, migrate, admin or version");
    }

    private static void logEverything() {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext logback) {
            logback.getLogger(Logger.ROOT_LOGGER_NAME).setLevel(Level.INFO);
        }
    }
}
