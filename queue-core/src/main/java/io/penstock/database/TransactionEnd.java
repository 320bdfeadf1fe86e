package io.penstock.database;

import java.sql.SQLException;

/** How a transaction of ours ended, as it is counted. */
public enum TransactionEnd {
    COMMITTED("committed"),
    /** The work threw something of its own. */
    ROLLED_BACK("rolled-back"),
    LOCK_TIMEOUT("lock-timeout"),
    STATEMENT_TIMEOUT("statement-timeout"),
    DEADLINE("deadline"),
    CONFLICT("conflict"),
    READ_ONLY("read-only"),
    CONNECTION_LOST("connection-lost"),
    /** The answer to COMMIT was lost. */
    INDETERMINATE("indeterminate"),
    /** Any other error of the server's. */
    FAILED("failed");

    private final String word;

    TransactionEnd(String word) {
        this.word = word;
    }

    public String word() {
        return word;
    }

    static TransactionEnd of(Throwable failure) {
        if (!(failure instanceof SQLException sql)) {
            return ROLLED_BACK;
        }
        return switch (SqlFailure.state(sql)) {
            case "55P03" -> LOCK_TIMEOUT;
            case "57014" -> STATEMENT_TIMEOUT;
            case "25P03", "25P04" -> DEADLINE;
            case "40001", "40P01" -> CONFLICT;
            case "25006" -> READ_ONLY;
            default -> SqlFailure.connectionLost(sql) ? CONNECTION_LOST : FAILED;
        };
    }
}
