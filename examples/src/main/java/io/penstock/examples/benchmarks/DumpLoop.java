package io.penstock.examples.benchmarks;

import java.io.OutputStream;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;

/**
 * The statements of pg_dump, over and over: one snapshot for all, a lock in ACCESS SHARE MODE on each table, then each
 * table copied out, to nowhere. A small database is dumped in no time, so a dump is stretched to a least length.
 */
final class DumpLoop implements AutoCloseable {

    private static final String TABLES = """
            SELECT format('%I.%I', n.nspname, c.relname), c.relkind = 'r'
            FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
            WHERE c.relkind IN ('r', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
            ORDER BY c.oid
            """;

    private final BenchDatabase database;
    private final Duration least;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final ExecutorService thread = Executors.newSingleThreadExecutor();
    private final Future<Long> dumps;

    private DumpLoop(BenchDatabase database, Duration least) {
        this.database = database;
        this.least = least;
        this.dumps = thread.submit(this::loop);
    }

    static DumpLoop start(BenchDatabase database, Duration least) {
        return new DumpLoop(database, least);
    }

    /** Ends the loop with the dump under way; answers how many there were. */
    long stop() throws Exception {
        stop.countDown();
        return dumps.get();
    }

    private long loop() throws SQLException, InterruptedException, java.io.IOException {
        long count = 0;
        while (stop.getCount() > 0) {
            try (Connection connection = database.connect()) {
                connection.setAutoCommit(false);
                dump(connection);
                connection.commit();
                count++;
            }
        }
        return count;
    }

    private void dump(Connection connection) throws SQLException, InterruptedException, java.io.IOException {
        long start = System.nanoTime();
        Map<String, Boolean> tables = new LinkedHashMap<>();
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY");
            try (ResultSet rows = statement.executeQuery(TABLES)) {
                while (rows.next()) {
                    tables.put(rows.getString(1), rows.getBoolean(2));
                }
            }
            for (String table : tables.keySet()) {
                statement.execute("LOCK TABLE " + table + " IN ACCESS SHARE MODE");
            }
        }
        CopyManager copies = connection.unwrap(PGConnection.class).getCopyAPI();
        for (Map.Entry<String, Boolean> table : tables.entrySet()) {
            if (table.getValue()) {
                copies.copyOut("COPY " + table.getKey() + " TO STDOUT", OutputStream.nullOutputStream());
            }
        }
        stop.await(least.toNanos() - (System.nanoTime() - start), TimeUnit.NANOSECONDS);
    }

    @Override
    public void close() {
        stop.countDown();
        thread.shutdownNow();
    }
}
