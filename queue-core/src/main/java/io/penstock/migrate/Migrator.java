package io.penstock.migrate;

import io.penstock.database.Session;
import io.penstock.database.SqlFailure;
import io.penstock.error.SchemaException;
import io.penstock.migrate.Migrations.Migration;
import io.penstock.store.DayStore;
import io.penstock.store.DayStore.ExpiredDay;
import io.penstock.transaction.TransactionLimits;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings a database to {@link SchemaVersion#CURRENT}. Each file runs in a transaction of its own together with its row in
 * {@code penstock.schema_history}, so a run that is killed anywhere is finished by the next. One instance at a time: the
 * others wait for its advisory lock and say so, they do not fail. Safe to call at every start.
 */
public final class Migrator {

    private static final Logger log = LoggerFactory.getLogger(Migrator.class);
    private static final long MUTEX = 0x70656e73746f636bL; // "penstock"
    private static final int PATIENCE_SECONDS = 600;

    private final DataSource dataSource;

    public Migrator(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    /**
     * Applies what is missing.
     *
     * @return how many files were applied
     * @throws SchemaException if the server is too old or the schema newer than this code
     */
    public int migrate() {
        return migrateTo(SchemaVersion.CURRENT);
    }

    /** Stops after a version, as an older release would have. */
    int migrateTo(int last) {
        try (Session session = Session.open(dataSource, TransactionLimits.MIGRATION)) {
            session.inTransaction(SchemaVersion::checkServer);
            waitForMutex(session);
            try {
                int applied = applyMissing(session, last);
                removeExpiredDays(session);
                return applied;
            } finally {
                unlock(session);
            }
        } catch (SQLException failure) {
            throw SqlFailure.translate("migration of schema \"penstock\"", failure);
        }
    }

    /** Workers whose logins do not own the schema empty the days that are over, and leave their partitions. */
    private static void removeExpiredDays(Session session) throws SQLException {
        for (ExpiredDay day : session.inTransaction(DayStore::expired)) {
            session.outsideTransaction(connection -> {
                DayStore.remove(connection, day);
                return day;
            });
        }
    }

    private int applyMissing(Session session, int last) throws SQLException {
        int found = session.inTransaction(Migrator::prepareHistory);
        if (found > SchemaVersion.CURRENT) {
            throw new SchemaException("schema \"penstock\": expected version " + SchemaVersion.CURRENT
                    + " or older, was the newer " + found + "; deploy a version of Penstock that knows it");
        }
        int applied = 0;
        for (Migration migration : Migrations.all()) {
            if (migration.version() > found && migration.version() <= last) {
                session.inTransaction(connection -> apply(connection, migration));
                log.info("schema \"penstock\": applied {}", migration.file());
                applied++;
            }
        }
        return applied;
    }

    /** A session lock, tried again and again: a waiting request would show up as a blocked session and be killed as one. */
    private static void waitForMutex(Session session) throws SQLException {
        for (int second = 0; !session.inTransaction(Migrator::tryMutex); second++) {
            if (second >= PATIENCE_SECONDS) {
                throw new SchemaException(
                        "migration of schema \"penstock\": expected the other migration to end within "
                                + PATIENCE_SECONDS
                                + " s, it still runs; nothing failed here, look at it and start this one again");
            }
            if (second % 10 == 0) {
                log.info(
                        "schema \"penstock\": another instance migrates, waiting for it ({} s); nothing is wrong",
                        second);
            }
            LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1));
        }
    }

    private static Boolean tryMutex(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("SELECT pg_try_advisory_lock(?)")) {
            statement.setLong(1, MUTEX);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getBoolean(1);
            }
        }
    }

    private static void unlock(Session session) {
        try {
            session.inTransaction(connection -> {
                try (PreparedStatement statement = connection.prepareStatement("SELECT pg_advisory_unlock(?)")) {
                    statement.setLong(1, MUTEX);
                    return statement.execute();
                }
            });
        } catch (SQLException failure) {
            log.debug("the migration's lock goes with its session", failure);
        }
    }

    private static Integer prepareHistory(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            int deployed = SchemaVersion.read(connection);
            boolean history = exists(statement, "to_regclass('penstock.schema_history')");
            if (!history) {
                if (exists(statement, "to_regnamespace('penstock')")) {
                    actAsOwner(statement);
                } else {
                    statement.execute("CREATE SCHEMA penstock");
                }
                statement.execute("""
                        CREATE TABLE penstock.schema_history (
                            version    integer PRIMARY KEY,
                            file       text NOT NULL,
                            applied_by text NOT NULL DEFAULT session_user,
                            applied_at timestamptz NOT NULL DEFAULT clock_timestamp())
                        """);
            }
            try (ResultSet row =
                    statement.executeQuery("SELECT coalesce(max(version), 0) FROM penstock.schema_history")) {
                row.next();
                return Math.max(row.getInt(1), deployed); // another tool may have run the files, without our history
            }
        }
    }

    private static boolean exists(Statement statement, String lookup) throws SQLException {
        try (ResultSet row = statement.executeQuery("SELECT " + lookup + " IS NOT NULL")) {
            row.next();
            return row.getBoolean(1);
        }
    }

    private static Integer apply(Connection connection, Migration migration) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            if (migration.version() > 1) {
                actAsOwner(statement);
            }
            statement.execute(migration.sql());
            try (PreparedStatement history =
                    connection.prepareStatement("INSERT INTO penstock.schema_history (version, file) VALUES (?, ?)")) {
                history.setInt(1, migration.version());
                history.setString(2, migration.file());
                return history.executeUpdate();
            }
        }
    }

    /** Objects belong to penstock_owner where the first migration could make it the schema's owner, else to this login. */
    private static void actAsOwner(Statement statement) throws SQLException {
        String owner;
        try (ResultSet row = statement.executeQuery(
                "SELECT quote_ident(nspowner::regrole::text) FROM pg_namespace WHERE nspname = 'penstock'")) {
            row.next();
            owner = row.getString(1);
        }
        if (owner.equals("penstock_owner")) {
            statement.execute("SET LOCAL ROLE penstock_owner");
        }
    }
}
