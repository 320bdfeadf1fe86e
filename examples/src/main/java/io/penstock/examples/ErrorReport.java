package io.penstock.examples;

import ch.qos.logback.classic.Level;
import io.penstock.database.SqlFailure;
import io.penstock.error.DatabaseUnavailableException;
import io.penstock.error.RefusedException;
import io.penstock.error.SchemaException;
import java.io.PrintWriter;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/** Errors of commands: one line for the person at the terminal, the stack only when asked for, and the exit status. */
final class ErrorReport implements IExecutionExceptionHandler {

    private static final AtomicBoolean ENDING = new AtomicBoolean();

    /** From the moment that the process is told to end, what breaks because of it is nobody's concern. */
    static void quietAtExit() {
        Logger root = LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> quiet(root), "quiet-at-exit"));
    }

    private static void quiet(Logger root) {
        ENDING.set(true);
        if (root instanceof ch.qos.logback.classic.Logger logback) {
            logback.setLevel(Level.OFF);
        }
    }

    @Override
    public int handleExecutionException(Exception failure, CommandLine command, ParseResult parsed) {
        Exception translated = failure instanceof SQLException sql ? SqlFailure.translate("database", sql) : failure;
        if (!ENDING.get()) {
            PrintWriter err = command.getErr();
            err.println("penstock: " + message(translated));
            if (Main.verbose(parsed)) {
                failure.printStackTrace(err);
            }
            err.flush();
        }
        return status(translated);
    }

    static int status(Exception failure) {
        if (failure instanceof DatabaseUnavailableException || failure instanceof SchemaException) {
            return ExitCode.DATABASE;
        }
        return failure instanceof RefusedException || failure instanceof IllegalArgumentException
                ? ExitCode.USAGE
                : ExitCode.FAILED;
    }

    private static String message(Exception failure) {
        String message = failure.getMessage();
        return message == null || message.isBlank() ? failure.getClass().getSimpleName() : message;
    }
}
