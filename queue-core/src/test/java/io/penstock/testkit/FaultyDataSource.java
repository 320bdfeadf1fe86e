package io.penstock.testkit;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/**
 * A data source whose connections are cut around a COMMIT. The server ends the session for good each time, so what a
 * client sees afterwards is what it sees when a network or a server fails. Safe for use by many threads.
 */
public final class FaultyDataSource {

    /** Where the next COMMIT is cut. */
    public enum Cut {
        /** Its session ends before the server hears of the COMMIT. */
        BEFORE_COMMIT,
        /** The COMMIT takes effect and its answer is lost. */
        AFTER_COMMIT,
        /** Not at all: this COMMIT goes through. */
        NOWHERE
    }

    private final DataSource real;
    private final Deque<Cut> cuts = new ArrayDeque<>();
    private boolean awayAfterCut;
    private boolean away;

    public FaultyDataSource(DataSource real) {
        this.real = real;
    }

    /** Cuts the next commits, one each. */
    public synchronized void cut(Cut... next) {
        cuts.addAll(List.of(next));
    }

    /** Lets nobody in any more once the next cut has happened. */
    public synchronized void awayAfterCut() {
        awayAfterCut = true;
    }

    /** The data source to hand out. */
    public DataSource dataSource() {
        return proxy(DataSource.class, real, (method, arguments) -> {
            if (!method.getName().equals("getConnection")) {
                return invoke(real, method, arguments);
            }
            refuseIfAway();
            return connection(Objects.requireNonNull((Connection) invoke(real, method, arguments)));
        });
    }

    private Connection connection(Connection connection) {
        return proxy(
                Connection.class,
                connection,
                (method, arguments) ->
                        method.getName().equals("commit") ? commit(connection) : invoke(connection, method, arguments));
    }

    private @Nullable Object commit(Connection connection) throws SQLException {
        Cut cut = nextCut();
        if (cut == Cut.BEFORE_COMMIT) {
            terminate(connection);
        }
        connection.commit();
        if (cut == Cut.AFTER_COMMIT) {
            terminate(connection);
            throw new SQLException("the connection was cut after the commit", "08006");
        }
        return null;
    }

    private synchronized @Nullable Cut nextCut() {
        Cut cut = cuts.poll();
        away |= cut != null && awayAfterCut;
        return cut;
    }

    private synchronized void refuseIfAway() throws SQLException {
        if (away) {
            throw new SQLException("the server is gone", "08001");
        }
    }

    private void terminate(Connection connection) throws SQLException {
        int session = connection.unwrap(PGConnection.class).getBackendPID();
        try (Connection other = real.getConnection();
                PreparedStatement statement = other.prepareStatement("SELECT pg_terminate_backend(?, 10000)")) {
            statement.setInt(1, session);
            statement.execute();
        }
    }

    private interface Call {
        @Nullable
        Object apply(Method method, @Nullable Object @Nullable [] arguments) throws Throwable;
    }

    private static <T> T proxy(Class<T> type, T target, Call call) {
        InvocationHandler handler = (self, method, arguments) -> method.getDeclaringClass() == Object.class
                ? invoke(target, method, arguments)
                : call.apply(method, arguments);
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }

    private static @Nullable Object invoke(Object target, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException failure) {
            throw failure.getTargetException();
        }
    }
}
