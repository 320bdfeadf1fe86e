package io.penstock.examples.benchmarks;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import javax.sql.DataSource;

/**
 * Counts what goes to the server through it. An execution is a round trip; its text may hold several statements, divided
 * by semicolons at the ends of lines. A commit or rollback of a transaction that has run something is both as well. The
 * BEGIN that the driver sends along with a first statement is not counted. A query is a statement that neither begins nor
 * ends a transaction, nor sets its limits.
 */
final class CountingDataSource {

    private static final Pattern END_OF_STATEMENT = Pattern.compile(";$", Pattern.MULTILINE);
    private static final Pattern CONTROL = Pattern.compile("\\s*(SET TRANSACTION|SELECT set_config|$)");

    private final DataSource counted;
    private final AtomicLong roundTrips = new AtomicLong();
    private final AtomicLong statements = new AtomicLong();
    private final AtomicLong queries = new AtomicLong();

    CountingDataSource(DataSource counted) {
        this.counted = counted;
    }

    DataSource dataSource() {
        return proxy(DataSource.class, (self, method, arguments) -> {
            Object answer = invoke(counted, method, arguments);
            return answer instanceof Connection connection ? connection(connection) : answer;
        });
    }

    long roundTrips() {
        return roundTrips.get();
    }

    long statements() {
        return statements.get();
    }

    long queries() {
        return queries.get();
    }

    private Connection connection(Connection connection) {
        boolean[] begun = {false}; // a connection is for one thread
        return proxy(Connection.class, (self, method, arguments) -> {
            boolean ends = method.getName().equals("commit") || method.getName().equals("rollback");
            if (ends && begun[0]) {
                count("");
                begun[0] = false;
            }
            Object answer = invoke(connection, method, arguments);
            if (answer instanceof PreparedStatement statement && arguments != null) {
                return statement(PreparedStatement.class, statement, String.valueOf(arguments[0]), connection, begun);
            }
            return answer instanceof Statement statement
                    ? statement(Statement.class, statement, "", connection, begun)
                    : answer;
        });
    }

    private <T extends Statement> T statement(
            Class<T> type, T statement, String prepared, Connection connection, boolean[] begun) {
        return proxy(type, (self, method, arguments) -> {
            if (method.getName().startsWith("execute")) {
                count(arguments != null && arguments.length > 0 ? String.valueOf(arguments[0]) : prepared);
                begun[0] = begun[0] || !connection.getAutoCommit();
            }
            return invoke(statement, method, arguments);
        });
    }

    private void count(String text) {
        roundTrips.incrementAndGet();
        for (String sql : END_OF_STATEMENT.split(text)) {
            statements.incrementAndGet();
            if (!CONTROL.matcher(sql).lookingAt()) {
                queries.incrementAndGet();
            }
        }
    }

    private static Object invoke(Object target, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException failure) {
            throw failure.getCause() instanceof SQLException sql ? sql : failure;
        }
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(
                Proxy.newProxyInstance(CountingDataSource.class.getClassLoader(), new Class<?>[] {type}, handler));
    }
}
