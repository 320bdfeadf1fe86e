package io.penstock.database;

import io.penstock.transaction.TransactionLimits;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * What is set for a transaction, beside its limits.
 *
 * <p>The planner settings keep every plan on the index that its statement names: statistics of a queue table are always
 * wrong, and a plan made while a leaf was empty is kept when it is not. Before PostgreSQL 18 a forbidden scan is merely
 * priced at ten thousand million, which makes the server compile the statement: a read of one row then takes seconds.
 */
enum SessionSettings {
    /** For statements of ours. */
    OURS(true, true, false),
    /** The same, whose commit does not wait for a standby; where it waits for nothing, that stays. */
    OURS_LOCAL(true, true, true),
    /** For statements of others that rely on seeing what was committed before each. */
    READ_COMMITTED(true, false, false),
    /** For statements of others: isolation and planner are as the login has them. */
    OF_THE_LOGIN(false, false, false);

    private static final String ISOLATION = "SET TRANSACTION ISOLATION LEVEL READ COMMITTED;\n";

    /** The name says whose the transaction is and how long it may be, to whoever looks at the server's sessions: {@code penstock(5000ms) orders}. */
    private static final String LIMITS = """
            SELECT set_config('lock_timeout', ?, true), set_config('statement_timeout', ?, true),
                   set_config('idle_in_transaction_session_timeout', ?, true),
                   set_config('application_name', 'penstock(' || ? || 'ms) ' || current_setting('application_name'), true)
            """;

    private static final String WHOLE = ", set_config('transaction_timeout', ?, true)";
    private static final String PLANNER = """
            , set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true),
                   set_config('jit', 'off', true)
            """;
    private static final String LOCAL = """
            , set_config('synchronous_commit', CASE WHEN current_setting('synchronous_commit') = 'off' THEN 'off' ELSE 'local' END, true)
            """;

    private final boolean readCommitted;
    private final boolean planner;
    private final boolean local;

    SessionSettings(boolean readCommitted, boolean planner, boolean local) {
        this.readCommitted = readCommitted;
        this.planner = planner;
        this.local = local;
    }

    /** What sets them, with the values of its parameters. */
    record Statement(String sql, List<String> values) {
        int bind(PreparedStatement statement, int first) throws SQLException {
            for (int index = 0; index < values.size(); index++) {
                statement.setString(first + index, values.get(index));
            }
            return first + values.size();
        }
    }

    /**
     * The statement for some limits.
     *
     * @param ofWhole whether the server has a limit for the whole transaction
     */
    Statement statement(TransactionLimits limits, boolean ofWhole) {
        String whole = String.valueOf(limits.transaction().toMillis());
        List<String> values = new ArrayList<>(List.of(
                String.valueOf(limits.lock().toMillis()),
                String.valueOf(limits.statement().toMillis()),
                String.valueOf(limits.idle().toMillis()),
                whole));
        if (ofWhole) {
            values.add(whole);
        }
        return new Statement(
                (readCommitted ? ISOLATION : "")
                        + LIMITS
                        + (ofWhole ? WHOLE : "")
                        + (planner ? PLANNER : "")
                        + (local ? LOCAL : ""),
                values);
    }
}
