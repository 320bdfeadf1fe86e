package io.penstock.database;

import java.sql.SQLException;

/** COMMIT was sent and its answer never came: the transaction took place, or it did not. */
public final class CommitUnknownException extends SQLException {

    private static final long serialVersionUID = 1L;

    CommitUnknownException(SQLException cause) {
        super("the answer to COMMIT was lost: " + cause.getMessage(), "08007", cause);
    }
}
