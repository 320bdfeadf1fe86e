package io.penstock.migrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.JobQueue;
import io.penstock.error.PenstockException;
import io.penstock.error.SchemaException;
import io.penstock.job.QueueDefinition;
import io.penstock.testkit.PenstockDatabase;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MigratorTest {

    private static final int ALL = SchemaVersion.CURRENT;

    private static List<String> applied(PenstockDatabase database) throws SQLException {
        return database.query("SELECT version FROM penstock.schema_history ORDER BY version");
    }

    private static List<String> upTo(int version) {
        List<String> versions = new ArrayList<>();
        for (int number = 1; number <= version; number++) {
            versions.add(String.valueOf(number));
        }
        return versions;
    }

    private static void assertWorks(PenstockDatabase database) {
        JobQueue queue = database.jobQueue();
        queue.declare(QueueDefinition.of("mail", 0, 1, 1));
        assertThat(queue.find(new UUID(0, 0))).isEmpty();
    }

    @Test
    void aSecondMigrationAppliesNothing() throws SQLException {
        try (PenstockDatabase database = PenstockDatabase.create("idempotent", false)) {
            assertThat(new Migrator(database.dataSource()).migrate()).isEqualTo(ALL);
            assertThat(new Migrator(database.dataSource()).migrate()).isZero();
            assertThat(applied(database)).isEqualTo(upTo(ALL));
            assertWorks(database);
        }
    }

    @Test
    void concurrentMigratorsApplyEachFileOnce() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(3);
        try (PenstockDatabase database = PenstockDatabase.create("concurrent", false)) {
            List<Future<Integer>> migrators = new ArrayList<>();
            for (int number = 0; number < 3; number++) {
                migrators.add(threads.submit(() -> new Migrator(database.dataSource()).migrate()));
            }
            int files = 0;
            for (Future<Integer> migrator : migrators) {
                files += migrator.get();
            }
            assertThat(files).isEqualTo(ALL);
            assertThat(applied(database)).isEqualTo(upTo(ALL));
            assertWorks(database);
        } finally {
            threads.shutdown();
        }
    }

    @Test
    void aFileThatFailsLeavesNothingHalfDoneAndTheNextRunFinishes() throws SQLException {
        try (PenstockDatabase database = PenstockDatabase.create("conflict", false)) {
            database.execute("CREATE SCHEMA penstock; CREATE FUNCTION penstock.record_job_events(boolean) RETURNS void"
                    + " LANGUAGE sql AS ''");

            assertThatThrownBy(() -> new Migrator(database.dataSource()).migrate())
                    .isInstanceOf(PenstockException.class)
                    .hasMessageContaining("migration of schema \"penstock\"")
                    .hasMessageContaining("record_job_events");

            assertThat(applied(database)).isEqualTo(upTo(5));
            assertThat(database.query("SELECT to_regclass('penstock.job_event')"))
                    .as("made by the first statement of the file that failed")
                    .containsOnlyNulls();
            assertThatThrownBy(database::jobQueue)
                    .isInstanceOf(SchemaException.class)
                    .hasMessageContaining("run penstock migrate");

            database.execute("DROP FUNCTION penstock.record_job_events(boolean)");
            assertThat(new Migrator(database.dataSource()).migrate()).isEqualTo(ALL - 5);
            assertWorks(database);
        }
    }

    @Test
    void aMigrationThatIsKilledLeavesNothingHalfDoneAndTheNextRunFinishes() throws Exception {
        ExecutorService other = Executors.newSingleThreadExecutor();
        try (PenstockDatabase database = PenstockDatabase.create("killed", false)) {
            // stops the third file in its middle: it makes its first function and then this, which is in nobody's way
            // after
            database.execute("""
                    CREATE FUNCTION public.linger() RETURNS event_trigger LANGUAGE plpgsql AS $$
                    BEGIN
                        IF EXISTS (SELECT FROM pg_event_trigger_ddl_commands() WHERE object_identity LIKE '%ensure_days%') THEN
                            PERFORM pg_sleep(60);
                        END IF;
                    END $$;
                    CREATE EVENT TRIGGER linger ON ddl_command_end EXECUTE FUNCTION public.linger()
                    """);
            Future<Integer> migrator = other.submit(() -> new Migrator(database.dataSource()).migrate());
            while (database.number("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                            + " WHERE datname = current_database() AND wait_event = 'PgSleep'")
                    == 0) {
                assertThat(migrator)
                        .as("the migration lingers in its third file")
                        .isNotDone();
            }
            assertThatThrownBy(migrator::get).hasRootCauseInstanceOf(SQLException.class);
            database.execute("DROP EVENT TRIGGER linger");

            assertThat(applied(database)).isEqualTo(upTo(2));
            assertThat(database.query("SELECT to_regproc('penstock.create_queue')::text"))
                    .containsOnlyNulls();
            assertThat(new Migrator(database.dataSource()).migrate()).isEqualTo(ALL - 2);
            assertWorks(database);
        } finally {
            other.shutdown();
        }
    }

    @Test
    void anotherToolMayRunTheFilesInOrder() throws SQLException {
        try (PenstockDatabase database = PenstockDatabase.create("plainfiles", false)) {
            for (Migrations.Migration migration : Migrations.all()) {
                database.execute(migration.sql());
            }
            assertWorks(database);
            assertThat(new Migrator(database.dataSource()).migrate()).isZero();
            assertWorks(database);
        }
    }

    @Test
    void theFilesAreNumberedWithoutAGapAndTheLastOneSaysSo() throws SQLException {
        assertThat(Migrations.all())
                .extracting(Migrations.Migration::version)
                .isEqualTo(IntStream.rangeClosed(1, ALL).boxed().toList());
        assertThat(Migrations.all())
                .allSatisfy(
                        migration -> assertThat(migration.file()).startsWith("V%03d__".formatted(migration.version())));
        try (PenstockDatabase database = PenstockDatabase.create("version", true)) {
            assertThat(database.number("SELECT penstock.schema_version()")).isEqualTo(ALL);
        }
    }
}
