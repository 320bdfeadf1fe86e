package io.penstock.database;

import java.sql.Connection;
import java.sql.SQLException;

/** Statements that belong into one transaction. Must not commit, roll back or close. */
@FunctionalInterface
public interface Work<T> {
    T apply(Connection connection) throws SQLException;
}
