package io.penstock.chaos;

import io.penstock.error.PenstockException;
import io.penstock.job.NewJob;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/** One transaction of an enqueuer: some enqueues spread over its life, and its end. For use by its enqueuer's thread. */
final class StressTransaction {

    /** How it ends. */
    enum End {
        COMMIT,
        ROLLBACK,
        COMMIT_PREPARED,
        ROLLBACK_PREPARED,
        /** Its session is ended by somebody else before it can commit. */
        KILLED_BEFORE_COMMIT,
        /** Its session is ended by somebody else while it commits. */
        KILLED_AT_COMMIT
    }

    private static final long AGAIN_MILLIS = 200;
    private static final String NO_SUCH_PREPARED_TRANSACTION = "42704";
    /** PostgreSQL prepares no transaction that has notified anybody, which an enqueue does for a sleeping worker. */
    private static final String NOTIFIED = "0A000";

    private interface Step {
        void run() throws SQLException;
    }

    private final StressLoad load;
    private final Fates fates;
    private final End end;
    private final long pauseMillis;
    private final List<UUID> kept = new ArrayList<>();
    private final Connection connection;
    private int enqueuesLeft;
    private @Nullable Step following;
    private @Nullable Future<?> pending;

    StressTransaction(StressLoad load, Connection connection, End end, int enqueues, long openMillis) {
        this.load = load;
        this.fates = load.fates();
        this.connection = connection;
        this.end = end;
        this.enqueuesLeft = enqueues;
        this.pauseMillis = Math.max(1, openMillis / enqueues);
    }

    void begin() {
        next(this::enqueue, 0);
    }

    /** Does what comes next now, for an enqueuer that is about to end. */
    void hurry() {
        Future<?> waiting = pending;
        Step step = following;
        if (waiting != null && step != null && waiting.cancel(false)) {
            next(step, 0);
        }
    }

    private void next(Step step, long afterMillis) {
        following = step;
        pending = load.later(() -> run(step), afterMillis);
    }

    /** What fails before the end is rolled back: nobody has asked for a commit. */
    private void run(Step step) {
        try {
            step.run();
        } catch (SQLException | PenstockException failure) {
            fates.rolledBack(kept);
            load.sessions().discard(connection);
            load.ended(this);
        }
    }

    private void enqueue() throws SQLException {
        connection.setAutoCommit(false);
        List<NewJob<?>> jobs = load.jobs();
        List<UUID> ids = jobs.stream().map(NewJob::id).toList();
        Savepoint savepoint = load.chance(4) ? connection.setSavepoint() : null;
        load.enqueue(connection, jobs);
        try (PreparedStatement ledger = connection.prepareStatement("INSERT INTO stress_ledger VALUES (?)")) {
            for (UUID id : ids) {
                ledger.setObject(1, id);
                ledger.addBatch();
            }
            ledger.executeBatch();
        }
        if (savepoint != null && load.chance(2)) {
            connection.rollback(savepoint);
            fates.rolledBack(ids);
        } else {
            kept.addAll(ids);
            if (savepoint != null) {
                connection.releaseSavepoint(savepoint);
            }
        }
        enqueuesLeft--;
        next(enqueuesLeft == 0 ? this::end : this::enqueue, pauseMillis);
    }

    private void end() throws SQLException {
        switch (end) {
            case ROLLBACK -> {
                connection.rollback();
                fates.rolledBack(kept);
                over();
            }
            case COMMIT -> commit(CompletableFuture.completedFuture(null));
            case COMMIT_PREPARED, ROLLBACK_PREPARED -> prepare();
            case KILLED_BEFORE_COMMIT -> {
                load.sessions().terminate(session()).join();
                commit(CompletableFuture.completedFuture(null));
            }
            case KILLED_AT_COMMIT -> commit(load.sessions().terminate(session()));
        }
    }

    private void commit(CompletableFuture<Void> killer) {
        long epoch = fates.epoch();
        try {
            connection.commit();
            fates.committed(epoch, kept);
            killer.join();
            over();
        } catch (SQLException unanswered) {
            load.sessions().discard(connection);
            killer.join();
            next(() -> lookFor(epoch), AGAIN_MILLIS);
        }
    }

    /** The answer to the commit was lost, and the session has ended: the ids tell what became of it. */
    private void lookFor(long epoch) {
        try {
            if (load.exists(kept.isEmpty() ? new UUID(0, 0) : kept.get(0))) {
                fates.committed(epoch, kept);
            } else {
                fates.rolledBack(epoch, kept);
            }
            load.ended(this);
        } catch (PenstockException away) {
            next(() -> lookFor(epoch), AGAIN_MILLIS);
        }
    }

    private void prepare() {
        String name = "stress-" + UUID.randomUUID() + "-" + end;
        long epoch = fates.epoch();
        boolean known = false;
        try (Statement statement = connection.createStatement()) {
            statement.execute("PREPARE TRANSACTION '" + name + "'");
            known = true;
            load.prepared();
            load.sessions().giveBack(connection);
        } catch (SQLException failure) {
            load.sessions().discard(connection);
            if (NOTIFIED.equals(failure.getSQLState())) {
                load.refusedToPrepare();
                fates.rolledBack(kept);
                load.ended(this);
                return;
            }
        }
        boolean answered = known;
        next(() -> endPrepared(name, epoch, answered), pauseMillis);
    }

    /** From another session. Tried until it is done, also by the one before whose answer was lost. */
    private void endPrepared(String name, long epoch, boolean prepared) {
        try {
            load.sessions().endPrepared(name);
            if (end == End.ROLLBACK_PREPARED) {
                fates.rolledBack(kept);
            } else if (prepared) {
                fates.committed(epoch, kept);
            }
            load.ended(this);
        } catch (SQLException failure) {
            if (NO_SUCH_PREPARED_TRANSACTION.equals(failure.getSQLState())) {
                load.ended(this);
            } else {
                next(() -> endPrepared(name, epoch, prepared), AGAIN_MILLIS);
            }
        }
    }

    private void over() {
        load.sessions().giveBack(connection);
        load.ended(this);
    }

    private int session() throws SQLException {
        return connection.unwrap(PGConnection.class).getBackendPID();
    }
}
