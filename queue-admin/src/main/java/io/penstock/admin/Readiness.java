package io.penstock.admin;

import io.penstock.database.Session;
import io.penstock.database.SqlFailure;
import io.penstock.error.PenstockException;
import io.penstock.migrate.SchemaVersion;
import io.penstock.transaction.TransactionLimits;
import java.sql.SQLException;
import java.util.Optional;
import javax.sql.DataSource;

/** Whether the process is well, the database can be reached, and it has the schema that this code works with. */
record Readiness(DataSource dataSource, Health health) {

    /** The answer, with what is wrong if it is not ready. */
    record Answer(boolean ready, String text) {}

    Answer alive() {
        return health.notLive().map(why -> new Answer(false, why)).orElse(new Answer(true, ""));
    }

    Answer ask() {
        Optional<String> unwell = health.notReady();
        if (unwell.isPresent()) {
            return new Answer(false, unwell.get());
        }
        try (Session session = Session.open(dataSource, TransactionLimits.DEFAULT)) {
            return new Answer(true, "schema " + session.inTransaction(SchemaVersion::check));
        } catch (SQLException failure) {
            return new Answer(
                    false,
                    String.valueOf(SqlFailure.translate("database", failure).getMessage()));
        } catch (PenstockException failure) {
            return new Answer(false, String.valueOf(failure.getMessage()));
        }
    }
}
