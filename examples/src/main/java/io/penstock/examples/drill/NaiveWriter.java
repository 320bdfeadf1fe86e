package io.penstock.examples.drill;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;

/**
 * As it was written in the incident: both transactions are open at once, nothing is bounded, what fails is tried again for ever, and the way out of a failure
 * forgets B's connection with its transaction.
 */
final class NaiveWriter implements TenantWriter {

    private static final long AGAIN_AFTER_MILLIS = 50;

    private final HikariDataSource a;
    private final HikariDataSource b;

    /** Where connections go that nobody closes. */
    private final Queue<Connection> forgotten = new ConcurrentLinkedQueue<>();

    private volatile boolean closing;

    NaiveWriter(DataSource toA, DataSource toB) {
        this.a = TwoClusters.pool(toA);
        this.b = TwoClusters.pool(toB);
    }

    @Override
    public void write(String key, long number) throws Exception {
        while (true) {
            try {
                once(key, number, () -> {}, () -> {}, List.of());
                return;
            } catch (SQLException failure) {
                if (closing) {
                    throw failure;
                }
                TimeUnit.MILLISECONDS.sleep(AGAIN_AFTER_MILLIS);
            }
        }
    }

    @Override
    public void writeInto(Form form, String key, long number, FaultPoint point) throws Exception {
        if (form == Form.KILLED) {
            prepare(key, number, point);
            return;
        }
        boolean between = form == Form.STOPPED;
        try {
            once(
                    key,
                    number,
                    between ? () -> {} : point,
                    between ? point : () -> {},
                    form == Form.STANDBY ? List.of("SET LOCAL synchronous_commit = on") : List.of());
        } catch (SQLException failure) {
            write(key, number);
        }
    }

    private void once(String key, long number, FaultPoint beforeCommits, FaultPoint betweenCommits, List<String> onA)
            throws Exception {
        Connection first = a.getConnection();
        Connection second;
        try {
            first.setAutoCommit(false);
            second = b.getConnection();
        } catch (SQLException failure) {
            first.close();
            throw failure;
        }
        try {
            second.setAutoCommit(false);
            for (String sql : onA) {
                run(first, sql);
            }
            TenantTable.upsert(first, key, number);
            TenantTable.upsert(second, key, number);
            beforeCommits.reached();
            first.commit();
            betweenCommits.reached();
            second.commit();
            second.close();
            first.close();
        } catch (SQLException failure) {
            forgotten.add(second); // the defect
            first.close();
            throw failure;
        }
    }

    private void prepare(String key, long number, FaultPoint between) throws Exception {
        try (Connection first = a.getConnection();
                Connection second = b.getConnection()) {
            first.setAutoCommit(false);
            second.setAutoCommit(false);
            TenantTable.upsert(first, key, number);
            TenantTable.upsert(second, key, number);
            run(first, "PREPARE TRANSACTION 'drill'");
            run(second, "PREPARE TRANSACTION 'drill'");
            between.reached();
            first.setAutoCommit(true);
            second.setAutoCommit(true);
            run(first, "COMMIT PREPARED 'drill'");
            run(second, "COMMIT PREPARED 'drill'");
        }
    }

    private static void run(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Override
    public void close() {
        closing = true;
        for (Connection connection : forgotten) {
            try {
                connection.abort(Runnable::run);
            } catch (SQLException gone) {
                continue; // its server has ended it
            }
        }
        a.close();
        b.close();
    }
}
