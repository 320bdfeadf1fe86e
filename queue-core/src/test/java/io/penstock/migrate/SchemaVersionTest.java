package io.penstock.migrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.JobQueue;
import io.penstock.error.SchemaException;
import io.penstock.testkit.PenstockDatabase;
import java.sql.SQLException;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class SchemaVersionTest {

    private static void setVersion(PenstockDatabase database, int version) throws SQLException {
        database.execute("CREATE OR REPLACE FUNCTION penstock.schema_version() RETURNS integer LANGUAGE sql IMMUTABLE"
                + " PARALLEL SAFE AS 'SELECT " + version + "'");
    }

    @Test
    void aDatabaseWithoutTheSchemaIsRefused() throws SQLException {
        try (PenstockDatabase database = PenstockDatabase.create("noschema", false)) {
            assertThatThrownBy(() -> JobQueue.on(database.dataSource()))
                    .isInstanceOf(SchemaException.class)
                    .hasMessage("schema \"penstock\": expected version " + SchemaVersion.CURRENT
                            + ", found none in database \"" + database.name() + "\"; run penstock migrate");
        }
    }

    @Test
    void anOlderSchemaIsRefused() throws SQLException {
        try (PenstockDatabase database = PenstockDatabase.create("older", true)) {
            setVersion(database, SchemaVersion.CURRENT - 1);
            assertThatThrownBy(() -> JobQueue.on(database.dataSource()))
                    .isInstanceOf(SchemaException.class)
                    .hasMessageContaining("was the older " + (SchemaVersion.CURRENT - 1) + "; run penstock migrate");
        }
    }

    @Test
    void aNewerSchemaIsRefusedAndNotMigrated() throws SQLException {
        try (PenstockDatabase database = PenstockDatabase.create("newer", true)) {
            setVersion(database, SchemaVersion.CURRENT + 1);
            String expected =
                    "was the newer " + (SchemaVersion.CURRENT + 1) + "; deploy a version of Penstock that knows it";
            assertThatThrownBy(() -> JobQueue.on(database.dataSource()))
                    .isInstanceOf(SchemaException.class)
                    .hasMessageContaining(expected);
            assertThatThrownBy(() -> new Migrator(database.dataSource()).migrate())
                    .isInstanceOf(SchemaException.class)
                    .hasMessageContaining(expected);
        }
    }

    @Test
    void aSchemaThatGoesMissingLaterIsReportedAsSuch() throws SQLException {
        try (PenstockDatabase database = PenstockDatabase.create("dropped", true)) {
            JobQueue queue = database.jobQueue();
            database.execute("DROP SCHEMA penstock CASCADE");
            assertThatThrownBy(() -> queue.retry(new UUID(0, 0)))
                    .isInstanceOf(SchemaException.class)
                    .hasMessageContaining("run penstock migrate");
        }
    }

    @Test
    void aServerThatIsTooOldIsRefused() {
        assertThat(SchemaVersion.requireServer(150_000, "15.0")).isEqualTo(150_000);
        assertThatThrownBy(() -> SchemaVersion.requireServer(140_012, "14.12"))
                .isInstanceOf(SchemaException.class)
                .hasMessage("server: expected PostgreSQL 15 or newer, was 14.12; upgrade the server");
    }
}
