package io.penstock.admin.cli;

import io.penstock.database.SqlFailure;
import io.penstock.error.DatabaseUnavailableException;
import io.penstock.error.RefusedException;
import io.penstock.error.SchemaException;
import java.io.PrintWriter;
import java.sql.SQLException;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/** Errors of commands: one line for the person at the terminal, the stack only when asked for, and the exit status. */
public final class ErrorReport implements IExecutionExceptionHandler {

    @Override
    public int handleExecutionException(Exception failure, CommandLine command, ParseResult parsed) {
        Exception translated = failure instanceof SQLException sql ? SqlFailure.translate("database", sql) : failure;
        Surroundings surroundings = Surroundings.of(parsed.commandSpec());
        if (!surroundings.ending()) {
            PrintWriter err = command.getErr();
            err.println("penstock: " + message(translated));
            if (surroundings.verbose()) {
                failure.printStackTrace(err);
            }
            err.flush();
        }
        return status(translated);
    }

    public static int status(Exception failure) {
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
