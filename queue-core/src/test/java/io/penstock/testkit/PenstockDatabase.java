package io.penstock.testkit;

import io.penstock.JobQueue;
import io.penstock.database.OpenTransactions;
import io.penstock.migrate.Migrator;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * A fresh database per test class, on the one server of the test JVM: migrated, unless {@link Fresh#migrated} says
 * otherwise. A test class asks for it by {@code @PenstockDatabase.Fresh} and a parameter of this type.
 */
public final class PenstockDatabase implements AutoCloseable {

    /** Gives the test class a database. */
    @Target(ElementType.TYPE)
    @Retention(RetentionPolicy.RUNTIME)
    @ExtendWith(Resolver.class)
    public @interface Fresh {
        boolean migrated() default true;
    }

    /** A session that was closed inside a transaction takes a moment to end. */
    private static final int LOOKS = 50;

    private static final long BETWEEN_LOOKS = 20_000_000L;
    private static final AtomicInteger NUMBER = new AtomicInteger();
    private static @Nullable DatabaseServer server;
    private static @Nullable String template;

    private final String name;
    private final DataSource dataSource;
    private final long overranBefore;

    private PenstockDatabase(String name) {
        this.name = name;
        this.overranBefore = OpenTransactions.overran();
        this.dataSource = server().dataSource(name);
    }

    /** The one server of this JVM. */
    public static synchronized DatabaseServer server() {
        if (server == null) {
            server = DatabaseServer.fromEnvironment();
        }
        return server;
    }

    /** A database of its own, to be closed by the caller. */
    public static PenstockDatabase create(String purpose, boolean migrated) {
        try {
            return new PenstockDatabase(
                    migrated
                            ? server().createDatabase(newName(purpose), template())
                            : server().createDatabase(newName(purpose)));
        } catch (SQLException failure) {
            throw new IllegalStateException("no database for " + purpose, failure);
        }
    }

    /** A database that was migrated once in this JVM, and that all others are copies of. It goes with the server, or is left to who owns that. */
    private static synchronized String template() throws SQLException {
        if (template == null) {
            String name = server().createDatabase(newName("template"));
            new Migrator(server().dataSource(name)).migrate();
            template = name;
        }
        return template;
    }

    /** A copy of this one, to be closed by the caller. Nobody may be connected to this one meanwhile. */
    public PenstockDatabase copy(String purpose) {
        try {
            return new PenstockDatabase(server().createDatabase(newName(purpose), name));
        } catch (SQLException failure) {
            throw new IllegalStateException(
                    "no copy of database " + name + " for " + purpose + "; expected nobody to be connected to it",
                    failure);
        }
    }

    private static String newName(String purpose) {
        String name = "penstock_" + ProcessHandle.current().pid() + "_" + NUMBER.incrementAndGet() + "_" + purpose;
        return name.substring(0, Math.min(name.length(), 60));
    }

    public String name() {
        return name;
    }

    public String url() {
        return server().url(name);
    }

    public DataSource dataSource() {
        return dataSource;
    }

    public JobQueue jobQueue() {
        return JobQueue.on(dataSource);
    }

    public Connection connect() throws SQLException {
        return dataSource.getConnection();
    }

    /** Runs one or more statements. */
    public void execute(String sql) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** The first column of all rows, as text. */
    public List<String> query(String sql) throws SQLException {
        try (Connection connection = connect()) {
            return query(connection, sql);
        }
    }

    private static List<String> query(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<String> values = new ArrayList<>();
            while (rows.next()) {
                values.add(rows.getString(1));
            }
            return values;
        }
    }

    /** The one number that the query answers. */
    public long number(String sql) throws SQLException {
        return Long.parseLong(query(sql).get(0));
    }

    /** No session of this database may be left inside a transaction. */
    public List<String> openTransactions() throws SQLException {
        try (Connection connection = connect()) {
            return openTransactions(connection);
        }
    }

    static List<String> openTransactions(Connection connection) throws SQLException {
        return query(
                connection,
                "SELECT pid || ' ' || state || ' ' || query FROM pg_stat_activity WHERE datname = current_database()"
                        + " AND pid <> pg_backend_pid() AND state LIKE 'idle in transaction%'"
                        + " UNION ALL SELECT gid FROM pg_prepared_xacts WHERE database = current_database()");
    }

    @Override
    public void close() throws SQLException {
        List<String> open = openTransactions();
        for (int look = 0; look < LOOKS && !open.isEmpty(); look++) {
            LockSupport.parkNanos(BETWEEN_LOOKS);
            open = openTransactions();
        }
        server().dropDatabase(name);
        if (!open.isEmpty()) {
            throw new AssertionError("left open at the end of the test: " + open);
        }
        long overran = OpenTransactions.overran() - overranBefore;
        if (overran > 0) {
            throw new AssertionError(
                    overran + " transactions of ours were open for two seconds longer than their limit");
        }
    }

    /** Hands the class's database to whoever asks for it. */
    static final class Resolver implements ParameterResolver {
        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
            return parameter.getParameter().getType() == PenstockDatabase.class;
        }

        @Override
        public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
            Class<?> testClass = context.getRequiredTestClass();
            Fresh fresh = testClass.getAnnotation(Fresh.class);
            boolean migrated = fresh == null || fresh.migrated();
            ExtensionContext.Store store =
                    classContext(context).getStore(ExtensionContext.Namespace.create(PenstockDatabase.class));
            return store.getOrComputeIfAbsent(
                    testClass, key -> create(testClass.getSimpleName(), migrated), PenstockDatabase.class);
        }

        private static ExtensionContext classContext(ExtensionContext context) {
            ExtensionContext current = context;
            while (current.getTestMethod().isPresent() && current.getParent().isPresent()) {
                current = current.getParent().get();
            }
            return current;
        }
    }
}
