package io.penstock.database;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** A connection for a block of somebody else's: it works with it, and the transaction's begin and end are not its own. */
record GuardedConnection(Connection connection) implements InvocationHandler {

    private static final String TERMINATION = "2D000";

    static Connection of(Connection connection) {
        return (Connection) Proxy.newProxyInstance(
                GuardedConnection.class.getClassLoader(),
                new Class<?>[] {Connection.class},
                new GuardedConnection(connection));
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        int count = arguments == null ? 0 : arguments.length;
        switch (method.getName()) {
            case "close" -> {
                return null;
            }
            case "commit", "abort", "setNetworkTimeout" -> throw refused(method);
            case "rollback" -> {
                if (count == 0) {
                    throw refused(method);
                }
            }
            case "setAutoCommit" -> {
                if (arguments != null && Boolean.TRUE.equals(arguments[0])) {
                    throw refused(method);
                }
                return null;
            }
            default -> {}
        }
        try {
            return method.invoke(connection, arguments);
        } catch (InvocationTargetException failure) {
            throw failure.getTargetException();
        }
    }

    private static SQLException refused(Method method) {
        return new SQLException(
                "transaction of a block: expected its end to be left to Penstock, was " + method.getName()
                        + "(); return from the block to commit, throw to roll back",
                TERMINATION);
    }
}
