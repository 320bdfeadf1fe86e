package io.penstock.dualwrite;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How values are kept in the tables of one database; the two sides may have other tables for the same values. All methods work in the transaction of the
 * connection that they are given. Safe for use by many threads. Where a value is one row, {@link StatementSide} does it.
 */
public interface Side<T extends Record> {

    /**
     * Puts a value in the place of what the key had before, or removes it.
     *
     * @param value as a whole, or null to remove what is there
     */
    void write(Connection connection, String key, @Nullable T value) throws SQLException;

    /** The values of those keys that are there. Two sides are equal where their values are {@linkplain Record#equals equal}. */
    Map<String, T> read(Connection connection, Collection<String> keys) throws SQLException;

    /**
     * The keys that come after another, in the order of their bytes ({@code ORDER BY key COLLATE "C"}), for what compares the sides and what copies to a new one.
     *
     * @param after empty for the first
     * @param most how many at most
     */
    List<String> keys(Connection connection, String after, int most) throws SQLException;
}
