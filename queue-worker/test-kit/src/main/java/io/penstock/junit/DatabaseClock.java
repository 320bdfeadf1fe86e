package io.penstock.junit;

import io.penstock.testkit.PenstockDatabase;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** The one source of time in a database, {@code penstock.clock()}. */
final class DatabaseClock {

    private DatabaseClock() {}

    /** Sets it ahead of the server's by so much; also makes the days that jobs which end then are kept in. */
    static void set(PenstockDatabase database, Duration ahead) {
        try {
            database.execute(
                    "CREATE OR REPLACE FUNCTION penstock.clock() RETURNS timestamptz LANGUAGE sql VOLATILE PARALLEL SAFE"
                            + " AS $$SELECT pg_catalog.clock_timestamp() + interval '" + ahead.toMillis()
                            + " milliseconds'$$; SELECT penstock.ensure_days()");
        } catch (SQLException failure) {
            throw new IllegalStateException("the clock of database " + database.name() + " was not moved", failure);
        }
    }

    static Instant now(PenstockDatabase database) {
        try {
            long micros = database.number("SELECT (extract(epoch FROM penstock.clock()) * 1000000)::bigint");
            return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
        } catch (SQLException failure) {
            throw new IllegalStateException("the clock of database " + database.name() + " was not read", failure);
        }
    }
}
