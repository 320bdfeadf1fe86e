package io.penstock.examples.orders;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;
import java.util.Optional;
import javax.sql.DataSource;

/** The table of orders, in the transaction of whoever calls. */
final class OrderTable {

    /** An order as it is stored. */
    record Order(long order, String customer, long cents, boolean confirmed) {}

    private OrderTable() {}

    static void create(DataSource database) throws SQLException, IOException {
        try (InputStream sql =
                        Objects.requireNonNull(OrderTable.class.getResourceAsStream("orders.sql"), "orders.sql");
                Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(new String(sql.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    static long insert(Connection connection, String customer, long cents) throws SQLException {
        try (PreparedStatement insert =
                connection.prepareStatement("INSERT INTO orders (customer, cents) VALUES (?, ?) RETURNING order_id")) {
            insert.setString(1, customer);
            insert.setLong(2, cents);
            try (ResultSet row = insert.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    static Optional<Order> find(DataSource database, long order) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement select = connection.prepareStatement(
                        "SELECT order_id, customer, cents, confirmed_at IS NOT NULL FROM orders WHERE order_id = ?")) {
            select.setLong(1, order);
            try (ResultSet row = select.executeQuery()) {
                return row.next()
                        ? Optional.of(new Order(row.getLong(1), row.getString(2), row.getLong(3), row.getBoolean(4)))
                        : Optional.empty();
            }
        }
    }

    static void confirm(Connection connection, long order) throws SQLException {
        try (PreparedStatement update =
                connection.prepareStatement("UPDATE orders SET confirmed_at = now() WHERE order_id = ?")) {
            update.setLong(1, order);
            update.executeUpdate();
        }
    }
}
