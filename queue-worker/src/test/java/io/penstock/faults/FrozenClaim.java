package io.penstock.faults;

import io.penstock.chaos.WorkerProcess;
import io.penstock.database.Session;
import io.penstock.job.Limits;
import io.penstock.store.ClaimStore;
import io.penstock.store.Leaf;
import io.penstock.store.QueueStore;
import io.penstock.store.WorkerStore;
import io.penstock.transaction.TransactionLimits;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import org.postgresql.ds.PGSimpleDataSource;

/** A JVM that claims a job and does not come to commit: its test freezes it there. */
final class FrozenClaim {

    private FrozenClaim() {}

    public static void main(String[] arguments) throws Exception {
        PGSimpleDataSource dataSource = WorkerProcess.login(arguments);
        try (Session session = Session.open(dataSource, TransactionLimits.DEFAULT)) {
            int queueId = session.inTransaction(QueueStore::all).stream()
                    .filter(queue -> queue.name().equals(arguments[4]))
                    .findFirst()
                    .orElseThrow()
                    .queueId();
            long workerId =
                    session.inTransaction(connection -> WorkerStore.register(connection, arguments[3], Limits.LEASE));
            session.inTransaction(
                    connection -> claimAndStay(connection, new Leaf(queueId, 0), workerId, Path.of(arguments[5])));
        }
    }

    /** Until the test that started it ends. */
    private static long claimAndStay(Connection connection, Leaf leaf, long workerId, Path inside) throws SQLException {
        int claimed =
                ClaimStore.claim(connection, leaf, workerId, new long[4], 1).size();
        if (claimed != 1) {
            throw new IllegalStateException("expected to claim one job, claimed " + claimed);
        }
        try {
            Files.createFile(inside);
            return System.in.transferTo(OutputStream.nullOutputStream());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
