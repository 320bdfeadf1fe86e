package io.penstock.database;

import io.penstock.transaction.TransactionLimits;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.time.Duration;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;
import org.postgresql.util.PSQLWarning;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection of ours, and the transactions on it, each under {@link TransactionLimits}. The limits are set with SET
 * LOCAL, so they hold behind a transaction pooler too and nothing of them stays on the connection. Not safe for use by
 * more than one thread.
 *
 * <p>Transactions are READ COMMITTED whatever the default of the login: the floors and every "lock, then look" of the
 * store need a new snapshot with each statement.
 *
 * <p>The search path is left alone, and every name in a statement of ours is qualified. From PostgreSQL 18 on the server
 * reports each change of it, whereupon the driver forgets all prepared statements: setting it with every transaction had
 * every statement parsed and planned anew, which halved the throughput.
 */
public final class Session implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Session.class);
    private static final String WAIT_FOR_STANDBY = "SyncRepWaitForLSN";
    static final String NOT_REPLICATED =
            "commit: expected a standby to have it, was committed here alone, as somebody ended the wait for"
                    + " the standby; if this server is lost now, so is that";
    private static final int DRIVERS_CONNECT_TIMEOUT = 10;
    private static final int WITH_TRANSACTION_TIMEOUT = 17;
    private final Connection connection;
    private final TransactionLimits limits;
    private final SessionSettings.Statement setLimits;
    private final boolean autoCommitBefore;
    private final int networkTimeoutBefore;
    private OpenTransactions.@Nullable Open open;
    private boolean broken;

    private Session(Connection connection, TransactionLimits limits, SessionSettings settings) throws SQLException {
        this.connection = connection;
        this.limits = limits;
        this.setLimits = settings.statement(
                limits, connection.getMetaData().getDatabaseMajorVersion() >= WITH_TRANSACTION_TIMEOUT);
        this.autoCommitBefore = connection.getAutoCommit();
        this.networkTimeoutBefore = connection.getNetworkTimeout();
        connection.setNetworkTimeout(
                Runnable::run, Math.toIntExact(limits.network().toMillis()));
        if (autoCommitBefore) {
            connection.setAutoCommit(false);
        }
    }

    /**
     * Takes a connection of the data source. A plain one of the driver is bounded where it is not: by itself it waits for ever
     * for the login's answer of a server that has become silent. Pools, and whatever else is a data source, bound it themselves.
     */
    public static Session open(DataSource dataSource, TransactionLimits limits) throws SQLException {
        return open(dataSource, limits, SessionSettings.OURS);
    }

    /** The same for what may be lost with the server, and must be written while no standby answers: what is seen and told of queues. */
    public static Session openLocal(DataSource dataSource, TransactionLimits limits) throws SQLException {
        return open(dataSource, limits, SessionSettings.OURS_LOCAL);
    }

    /** The same for statements that are not ours: isolation and planner are left as the login has them. */
    public static Session openForOthers(DataSource dataSource, TransactionLimits limits) throws SQLException {
        return open(dataSource, limits, SessionSettings.OF_THE_LOGIN);
    }

    /** The same, READ COMMITTED: for who locks, then looks. */
    public static Session openReadCommitted(DataSource dataSource, TransactionLimits limits) throws SQLException {
        return open(dataSource, limits, SessionSettings.READ_COMMITTED);
    }

    private static Session open(DataSource dataSource, TransactionLimits limits, SessionSettings settings)
            throws SQLException {
        Connection connection = dataSource.getClass() == PGSimpleDataSource.class
                ? bounded((PGSimpleDataSource) dataSource).getConnection()
                : dataSource.getConnection();
        try {
            return new Session(connection, limits, settings);
        } catch (SQLException failure) {
            closeQuietly(connection);
            throw failure;
        }
    }

    /** A copy, for the data source is its owner's. Only what the driver has as its default is changed. */
    private static DataSource bounded(PGSimpleDataSource dataSource) throws SQLException {
        PGSimpleDataSource bounded = new PGSimpleDataSource();
        try {
            bounded.initializeFrom(dataSource);
        } catch (IOException | ClassNotFoundException impossible) {
            throw new SQLException("the data source's settings cannot be copied", "08001", impossible);
        }
        int seconds = Math.toIntExact(TransactionLimits.DEFAULT.network().toSeconds());
        if (bounded.getConnectTimeout() == DRIVERS_CONNECT_TIMEOUT) {
            bounded.setConnectTimeout(seconds);
        }
        if (bounded.getSocketTimeout() == 0) {
            bounded.setSocketTimeout(seconds);
        }
        return bounded;
    }

    /**
     * Runs the work in a transaction and commits.
     *
     * @throws CommitUnknownException if the answer to the commit was lost
     * @throws SQLException if anything else failed; then nothing was committed
     */
    public <T> T inTransaction(Work<T> work) throws SQLException {
        return inTransaction((connection, pipeline) -> {
            pipeline.run(connection);
            return work.apply(connection);
        });
    }

    /** As {@link #inTransaction(Work)}, with the limits in one round trip with the work's first statements. */
    public <T> T inTransaction(PipelinedWork<T> work) throws SQLException {
        T result = begin(work);
        if (!commit()) {
            log.warn("{}", NOT_REPLICATED);
        }
        return result;
    }

    /**
     * Runs the work in a transaction that stays open until {@link #commit}, or else until the session is closed or its time is over.
     *
     * @throws SQLException if anything failed; then everything is rolled back
     */
    public <T> T begin(PipelinedWork<T> work) throws SQLException {
        OpenTransactions.Open begun = OpenTransactions.begin(connection, limits);
        open = begun;
        try {
            Pipeline pipeline = new Pipeline();
            pipeline.add(setLimits.sql(), setLimits::bind, limitsSet -> {});
            return work.apply(connection, pipeline);
        } catch (SQLException | RuntimeException | Error failure) {
            rollback(begun, failure);
            throw failure;
        }
    }

    /**
     * Commits what was begun.
     *
     * @return false if a standby was to have it and somebody ended the wait for that: it is committed here all the same
     * @throws CommitUnknownException if the answer was lost
     * @throws SQLException if anything else failed; then nothing was committed
     */
    public boolean commit() throws SQLException {
        OpenTransactions.Open begun = begun();
        try {
            if (!begun.commit()) {
                throw overdue(null);
            }
            connection.clearWarnings();
            connection.commit();
            begun.end(TransactionEnd.COMMITTED);
            return !waitForStandbyEnded(connection.getWarnings());
        } catch (SQLException failure) {
            if (SqlFailure.connectionLost(failure) && !begun.overdue()) {
                broken = true;
                begun.end(TransactionEnd.INDETERMINATE);
                throw new CommitUnknownException(failure);
            }
            rollback(begun, failure);
            throw failure;
        } finally {
            open = null;
        }
    }

    /** What is left of the time of the transaction under way. */
    Duration remaining() {
        return begun().remaining();
    }

    private OpenTransactions.Open begun() {
        if (open == null) {
            throw new IllegalStateException("expected a transaction that was begun, was none");
        }
        return open;
    }

    private static boolean waitForStandbyEnded(@Nullable SQLWarning warning) {
        for (SQLWarning one = warning; one != null; one = one.getNextWarning()) {
            if (one instanceof PSQLWarning told
                    && told.getServerErrorMessage() != null
                    && WAIT_FOR_STANDBY.equals(told.getServerErrorMessage().getRoutine())) {
                return true;
            }
        }
        return false;
    }

    private SQLException overdue(@Nullable Throwable cause) {
        return new SQLException(
                "the transaction was open for longer than its limit of "
                        + limits.transaction().toMillis() + " ms",
                "25P04",
                cause);
    }

    /**
     * Runs work that must not be in a transaction, such as DETACH CONCURRENTLY, each statement for itself. A lock is waited for
     * as long as a statement may last: such work holds up nobody meanwhile.
     */
    public <T> T outsideTransaction(Work<T> work) throws SQLException {
        try {
            connection.setAutoCommit(true);
            try (PreparedStatement set = connection.prepareStatement(
                    "SELECT set_config('lock_timeout', ?, false), set_config('statement_timeout', ?, false)")) {
                set.setString(1, milliseconds(limits.statement()));
                set.setString(2, milliseconds(limits.idle()));
                set.execute();
            }
            try {
                return work.apply(connection);
            } finally {
                try (PreparedStatement reset =
                        connection.prepareStatement("RESET lock_timeout; RESET statement_timeout")) {
                    reset.execute();
                }
                connection.setAutoCommit(false);
            }
        } catch (SQLException failure) {
            broken |= SqlFailure.connectionLost(failure);
            throw failure;
        }
    }

    /** The connection itself, for what must not happen inside a transaction, such as waiting for notifications. */
    public Connection connection() {
        return connection;
    }

    /** Whether the connection is of no more use. */
    public boolean broken() {
        return broken;
    }

    /** Throws instead of the failure if that came of the watchdog. */
    private void rollback(OpenTransactions.Open begun, Throwable failure) throws SQLException {
        rollback(failure);
        open = null;
        begun.end(begun.overdue() ? TransactionEnd.DEADLINE : TransactionEnd.of(failure));
        if (begun.overdue() && !SqlFailure.deadline(failure)) {
            broken = true;
            throw overdue(failure);
        }
    }

    private void rollback(Throwable failure) {
        try {
            connection.rollback();
            if (failure instanceof SQLException sql && SqlFailure.connectionLost(sql)) {
                broken = true;
            }
        } catch (SQLException second) {
            broken = true;
            failure.addSuppressed(second);
        }
    }

    @Override
    public void close() {
        if (open != null) {
            open.end(TransactionEnd.ROLLED_BACK);
            broken |= open.overdue();
            open = null;
        }
        try {
            if (broken) {
                connection.abort(Runnable::run); // a pool is not to lend it again, and nobody waits for its goodbye
            } else {
                connection.rollback(); // what was begun and not committed, which a setting must not commit
                connection.setAutoCommit(autoCommitBefore);
                connection.setNetworkTimeout(Runnable::run, networkTimeoutBefore);
            }
        } catch (SQLException failure) {
            log.debug("a connection could not be handed back as it was found, it is closed", failure);
        }
        closeQuietly(connection);
    }

    private static void closeQuietly(Connection connection) {
        try {
            connection.close();
        } catch (SQLException failure) {
            log.debug("closing a connection that had failed already", failure);
        }
    }

    private static String milliseconds(Duration duration) {
        return String.valueOf(duration.toMillis());
    }
}
