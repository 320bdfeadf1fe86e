package io.penstock.testkit;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/** A login of the server, made for one test and dropped with what it owns when it is closed. */
public final class Login implements AutoCloseable {

    private static final AtomicInteger NUMBER = new AtomicInteger();
    private static final String PASSWORD = "penstock";

    private final PenstockDatabase database;
    private final String name = "penstock_login_" + ProcessHandle.current().pid() + "_" + NUMBER.incrementAndGet();

    private Login(PenstockDatabase database) {
        this.database = database;
    }

    /** A login that may do what the roles may, and nothing else. */
    public static Login in(PenstockDatabase database, String... roles) throws SQLException {
        Login login = new Login(database);
        database.execute("CREATE ROLE " + login.name + " LOGIN NOSUPERUSER NOCREATEROLE PASSWORD '" + PASSWORD + "'");
        for (String role : List.of(roles)) {
            database.execute("GRANT " + role + " TO " + login.name);
        }
        return login;
    }

    public String name() {
        return name;
    }

    /** The database that the login was made in, as this login sees it. */
    public DataSource dataSource() {
        PGSimpleDataSource dataSource = new PGSimpleDataSource();
        dataSource.setUrl(database.url());
        dataSource.setUser(name);
        dataSource.setPassword(PASSWORD);
        return dataSource;
    }

    public void execute(String sql) throws SQLException {
        try (Connection connection = dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Override
    public void close() throws SQLException {
        database.execute("REASSIGN OWNED BY " + name + " TO CURRENT_USER");
        database.execute("DROP OWNED BY " + name);
        database.execute("DROP ROLE " + name);
    }
}
