package io.penstock.migrate;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.JobQueue;
import io.penstock.job.JobType;
import io.penstock.job.QueueDefinition;
import io.penstock.testkit.Login;
import io.penstock.testkit.PenstockDatabase;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;

class OwnershipTest {

    record Mail(String to) {}

    private static List<String> owners(PenstockDatabase database) throws SQLException {
        return database.query("""
                SELECT DISTINCT owner::regrole::text FROM (
                    SELECT relowner FROM pg_class WHERE relnamespace = 'penstock'::regnamespace
                    UNION ALL SELECT proowner FROM pg_proc WHERE pronamespace = 'penstock'::regnamespace
                    UNION ALL SELECT nspowner FROM pg_namespace WHERE nspname = 'penstock') AS o (owner)
                """);
    }

    private static void assertWorks(JobQueue queue) {
        queue.declare(QueueDefinition.of("mail", 0, 1, 1));
        assertThat(queue.enqueue(JobType.of("mail", Mail.class).onQueue("mail").with(new Mail("a")))
                        .created())
                .isTrue();
    }

    @Test
    void everythingBelongsToTheOwnerRoleWhereTheLoginMayActAsIt() throws SQLException {
        try (PenstockDatabase database = PenstockDatabase.create("owner", true)) {
            assertWorks(database.jobQueue());
            assertThat(owners(database)).containsExactly("penstock_owner");
            assertThat(database.query("SELECT rolcanlogin OR rolsuper OR rolcreaterole OR rolinherit FROM pg_roles"
                            + " WHERE rolname LIKE 'penstock\\_%' AND rolname NOT LIKE 'penstock_login%'"))
                    .as("the roles are groups and nothing more")
                    .containsOnly("f");
        }
    }

    @Test
    void theHistoryMadeAfterAnotherToolsRunBelongsToTheOwnerRoleToo() throws SQLException {
        try (PenstockDatabase database = PenstockDatabase.create("history", false)) {
            for (Migrations.Migration migration : Migrations.all()) {
                database.execute(
                        migration.version() == 1 ? migration.sql() : "SET ROLE penstock_owner; " + migration.sql());
            }
            new Migrator(database.dataSource()).migrate();
            assertThat(owners(database)).containsExactly("penstock_owner");
        }
    }

    @Test
    void aLoginThatOwnsItsDatabaseAndMayMakeNoRolesMigratesItAndOwnsEverything() throws SQLException {
        try (PenstockDatabase database = PenstockDatabase.create("plainlogin", false)) {
            try (Login login = Login.in(database)) {
                database.execute("ALTER DATABASE " + database.name() + " OWNER TO " + login.name());

                assertThat(new Migrator(login.dataSource()).migrate()).isEqualTo(SchemaVersion.CURRENT);
                assertThat(new Migrator(login.dataSource()).migrate()).isZero();

                assertThat(owners(database)).containsExactly(login.name());
                assertWorks(JobQueue.on(login.dataSource()));
            }
        }
    }

    @Test
    void aLoginThatMayMakeRolesMigratesAndTheLibraryWorks() throws SQLException {
        try (PenstockDatabase database = PenstockDatabase.create("createrole", false)) {
            try (Login login = Login.in(database)) {
                database.execute("ALTER ROLE " + login.name() + " CREATEROLE");
                database.execute("ALTER DATABASE " + database.name() + " OWNER TO " + login.name());

                assertThat(new Migrator(login.dataSource()).migrate()).isEqualTo(SchemaVersion.CURRENT);

                assertThat(owners(database)).hasSize(1);
                assertWorks(JobQueue.on(login.dataSource()));
            }
        }
    }

    @Test
    void aLoginThatMayOnlyActAsTheOwnerMigratesWhatIsMissing() throws SQLException {
        try (PenstockDatabase database = PenstockDatabase.create("actsasowner", false)) {
            new Migrator(database.dataSource()).migrateTo(SchemaVersion.CURRENT - 1);
            try (Login login = Login.in(database, "penstock_owner")) {
                assertThat(new Migrator(login.dataSource()).migrate()).isEqualTo(1);

                assertThat(owners(database)).containsExactly("penstock_owner");
            }
        }
    }
}
