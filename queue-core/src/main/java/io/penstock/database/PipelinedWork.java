package io.penstock.database;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * Statements that belong into one transaction, of which the first go out in one round trip with its limits. Must run the
 * pipeline before anything else, and must not commit, roll back or close.
 */
@FunctionalInterface
public interface PipelinedWork<T> {
    T apply(Connection connection, Pipeline pipeline) throws SQLException;
}
