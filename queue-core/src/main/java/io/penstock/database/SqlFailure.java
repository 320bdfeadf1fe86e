package io.penstock.database;

import io.penstock.error.ContentionException;
import io.penstock.error.DatabaseUnavailableException;
import io.penstock.error.IndeterminateException;
import io.penstock.error.LockTimeoutException;
import io.penstock.error.PenstockException;
import io.penstock.error.ReadOnlyServerException;
import io.penstock.error.RefusedException;
import io.penstock.error.SchemaException;
import io.penstock.error.SerializationConflictException;
import io.penstock.error.StatementCancelledException;
import io.penstock.error.StatementTimeoutException;
import io.penstock.error.TransactionDeadlineException;
import io.penstock.error.TransactionUnusableException;
import java.sql.SQLException;
import java.util.List;

/** What a SQLSTATE asks of whoever meets it. */
public final class SqlFailure {

    /** The server is a standby, perhaps since a moment ago. */
    private static final String READ_ONLY = "25006";

    private static final String NO_DATABASE = "3D000";
    private static final String TOO_MANY_CONNECTIONS = "53300";

    private SqlFailure() {}

    /**
     * There is no connection, or no longer one of use: it is gone, or its server is, or that no longer takes writes since another
     * one does. Whatever was under way has to be asked for again, over another connection.
     */
    public static boolean connectionLost(SQLException failure) {
        String state = state(failure);
        return state.startsWith("08")
                || state.startsWith("57P")
                || state.equals("25P03")
                || state.equals("25P04")
                || state.equals(READ_ONLY)
                || loginRefused(failure);
    }

    /** The server is there and lets this login not in: somebody has to do something about it. */
    public static boolean loginRefused(SQLException failure) {
        String state = state(failure);
        return state.startsWith("28") || state.equals(NO_DATABASE) || state.equals(TOO_MANY_CONNECTIONS);
    }

    /** Another transaction was in the way, or the server was too slow. The same work may succeed. */
    public static boolean contention(SQLException failure) {
        return switch (state(failure)) {
            case "55P03", "57014", "40001", "40P01", "53100", "53200" -> true;
            default -> false;
        };
    }

    /** The time of the transaction was over, by the client's clock or the server's. */
    static boolean deadline(Throwable failure) {
        return failure instanceof SQLException sql && state(sql).equals("25P04");
    }

    /** The login lacks the right. */
    public static boolean forbidden(SQLException failure) {
        return state(failure).equals("42501");
    }

    /** No partition of the parent takes the row: the day's is missing. */
    public static boolean partitionMissing(SQLException failure) {
        return state(failure).equals("23514") && message(failure).contains("no partition of relation");
    }

    /** Translates, with the subject in front and what to do behind. */
    public static PenstockException translate(String subject, SQLException failure) {
        String state = state(failure);
        String text = subject + ": " + message(failure);
        if (state.equals("PN001") || state.equals("PN002")) {
            return new RefusedException(message(failure), failure);
        }
        if (failure instanceof CommitUnknownException) {
            return new IndeterminateException(
                    text + "; it took place as a whole or not at all, look before asking for it again",
                    List.of(),
                    failure);
        }
        if (state.equals(READ_ONLY)) {
            return new ReadOnlyServerException(
                    subject
                            + ": expected a transaction that may write, was read-only; use the primary, and a transaction"
                            + " not declared read-only",
                    failure);
        }
        if (state.equals("25P02")) {
            return new TransactionUnusableException(
                    subject
                            + ": expected a working transaction, was one in which a statement has failed already; roll it"
                            + " back and begin anew",
                    failure);
        }
        if (state.equals("3F000") || state.equals("42P01") || state.equals("42883") || state.equals("42703")) {
            return new SchemaException(
                    text + " (SQLSTATE " + state + "); the schema \"penstock\" is missing or of another version: run"
                            + " penstock migrate",
                    failure);
        }
        if (state.equals("42501")) {
            return new SchemaException(
                    text + " (SQLSTATE " + state + "); grant penstock_enqueuer or penstock_worker to this login",
                    failure);
        }
        if (state.startsWith("28")) {
            return new DatabaseUnavailableException(
                    subject + ": the server refused the login: " + message(failure) + " (SQLSTATE " + state
                            + "); check user and password",
                    failure);
        }
        if (state.equals(NO_DATABASE)) {
            return new DatabaseUnavailableException(
                    text + " (SQLSTATE 3D000); check the name of the database", failure);
        }
        if (contention(failure) || state.startsWith("25P")) {
            return contended(text + " (SQLSTATE " + state + "); nothing was committed", state, failure);
        }
        if (connectionLost(failure) || state.startsWith("53")) {
            return new DatabaseUnavailableException(
                    text + " (SQLSTATE " + state + "); nothing was committed, try again when the server is back",
                    failure);
        }
        return new RefusedException(text + " (SQLSTATE " + state + ")", failure);
    }

    private static PenstockException contended(String text, String state, SQLException failure) {
        return switch (state) {
            case "55P03" ->
                new LockTimeoutException(text + ", try again; penstock doctor blockers says who has the lock", failure);
            case "57014" ->
                cancelled(failure)
                        ? new StatementCancelledException(text + "; somebody did that on purpose", failure)
                        : new StatementTimeoutException(text + ", try again with less in one statement", failure);
            case "25P03", "25P04" ->
                new TransactionDeadlineException(
                        text + "; do less in one transaction, and nothing in it that waits for others", failure);
            case "40001", "40P01" -> new SerializationConflictException(text + ", run the same again", failure);
            default -> new ContentionException(text + ", try again", failure);
        };
    }

    /** A limit and a cancel have one SQLSTATE, and only the text tells them apart; in another language than English a limit is supposed. */
    private static boolean cancelled(SQLException failure) {
        return message(failure).contains("due to user request");
    }

    /** The failure in a few words, with its SQLSTATE. */
    public static String describe(SQLException failure) {
        return message(failure) + " (SQLSTATE " + state(failure) + ")";
    }

    public static String state(SQLException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql && sql.getSQLState() != null) {
                return sql.getSQLState();
            }
        }
        return "08000"; // a pool's own time-out carries no state: no connection was to be had
    }

    /** With its cause: a pool says only that it has waited, and the driver only that it has failed to connect. */
    private static String message(SQLException failure) {
        String message = firstLine(failure);
        Throwable cause = failure.getCause();
        String why = cause == null || cause.getMessage() == null ? "" : firstLine(cause);
        return message.contains(why) ? message : message + ": " + why;
    }

    /** What follows is context for the author of the function, not for its caller. */
    private static String firstLine(Throwable failure) {
        String message = String.valueOf(failure.getMessage());
        int end = message.indexOf('\n');
        String line = end < 0 ? message : message.substring(0, end);
        return line.startsWith("ERROR: ") ? line.substring(7) : line;
    }
}
