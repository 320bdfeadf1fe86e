package io.penstock.testkit;

import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;

/** A clock of the database that stands still but for the test. Days are made from today on, so it stands at today's noon. */
public final class StillClock {

    /** The day that it stands in. */
    public static final LocalDate TODAY = LocalDate.now(ZoneOffset.UTC);

    private StillClock() {}

    /** From now on it is so long after noon there. */
    public static void set(PenstockDatabase database, Duration afterNoon) throws SQLException {
        database.execute(
                "CREATE OR REPLACE FUNCTION penstock.clock() RETURNS timestamptz LANGUAGE sql VOLATILE PARALLEL SAFE"
                        + " AS $$ SELECT timestamptz '" + TODAY + " 12:00Z' + interval '" + afterNoon.toMillis()
                        + " ms' $$");
    }
}
