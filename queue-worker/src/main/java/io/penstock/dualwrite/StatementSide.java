package io.penstock.dualwrite;

import io.penstock.job.Checks;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A side made of four statements, for values that are a row each.
 *
 * @param write puts a value in the place of what was there; its first parameter is the key, the others are the binder's
 * @param remove removes a key's value; its parameter is the key
 * @param read reads the values of an array of keys, its parameter; the key is the first column, the others are the mapper's
 * @param keys reads the keys after its first parameter, as many as its second, with {@code ORDER BY key COLLATE "C"}
 * @param binder sets the parameters of a value, from 2 on
 * @param mapper makes a value of a row's columns, from 2 on
 */
public record StatementSide<T extends Record>(
        String write, String remove, String read, String keys, Binder<T> binder, Mapper<T> mapper) implements Side<T> {

    /** Sets a value's parameters. */
    @FunctionalInterface
    public interface Binder<T> {
        void bind(PreparedStatement statement, T value) throws SQLException;
    }

    /** Makes a value of a row. */
    @FunctionalInterface
    public interface Mapper<T> {
        T map(ResultSet row) throws SQLException;
    }

    public StatementSide {
        Checks.present("statement that writes", write);
        Checks.present("statement that removes", remove);
        Checks.present("statement that reads", read);
        Checks.present("statement that reads keys", keys);
        Checks.present("binder", binder);
        Checks.present("mapper", mapper);
    }

    @Override
    public void write(Connection connection, String key, @Nullable T value) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(value == null ? remove : write)) {
            statement.setString(1, key);
            if (value != null) {
                binder.bind(statement, value);
            }
            statement.executeUpdate();
        }
    }

    @Override
    public Map<String, T> read(Connection connection, Collection<String> wanted) throws SQLException {
        Map<String, T> values = new HashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(read)) {
            statement.setArray(1, connection.createArrayOf("text", wanted.toArray()));
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    values.put(row.getString(1), mapper.map(row));
                }
            }
        }
        return values;
    }

    @Override
    public List<String> keys(Connection connection, String after, int most) throws SQLException {
        List<String> found = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(keys)) {
            statement.setString(1, after);
            statement.setInt(2, most);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    found.add(row.getString(1));
                }
            }
        }
        return found;
    }
}
