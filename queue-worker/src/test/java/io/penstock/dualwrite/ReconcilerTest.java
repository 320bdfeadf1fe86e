package io.penstock.dualwrite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What differs between the sides is told and repaired. */
class ReconcilerTest extends TwoClusters {

    @Test
    void comparingReadsTellDifferencesApartFromWhatIsOnItsWay() throws Exception {
        tenants.write("7", new Tenant("seven", "free"));
        tenants.read("7");
        assertThat(meters.find("penstock.dualwrite.compared").counter()).isNull();
        tenants.comparing(true);
        tenants.read("7");
        assertThat(count("penstock.dualwrite.compared", "result", "equal")).isEqualTo(1);
        second.execute("UPDATE account SET name = 'changed by hand'");
        assertThat(tenants.read("7")).contains(new Tenant("seven", "free"));
        assertThat(count("penstock.dualwrite.compared", "result", "different")).isEqualTo(1);
        first.execute("UPDATE penstock.dual_write_key SET sequence = 2");
        tenants.read("7");
        assertThat(count("penstock.dualwrite.compared", "result", "in-flight")).isEqualTo(1);
    }

    @Test
    void reconciliationCopiesWhatWasThereRepairsWhatDiffersAndThenFindsNothing() throws Exception {
        first.execute("INSERT INTO tenant SELECT 'k' || g, 'tenant ' || g, 'free' FROM generate_series(1, 700) AS g");
        startWorkers();
        assertThat(result(tenants.reconcile(false))).contains("\"keys\":700", "\"different\":700", "\"equal\":false");
        assertThat(result(tenants.reconcile(true))).contains("\"repaired\":700");
        await().atMost(PATIENCE).until(() -> second.number("SELECT count(*) FROM account") == 700);
        second.execute("UPDATE account SET name = 'changed by hand' WHERE key IN ('k7', 'k8')");
        second.execute("INSERT INTO account VALUES ('extra', 'not there', '{\"plan\": \"free\"}')");
        assertThat(result(tenants.reconcile(true))).contains("\"keys\":701", "\"different\":3", "\"repaired\":3");
        await().atMost(PATIENCE)
                .until(() ->
                        second.number("SELECT count(*) FROM account WHERE name LIKE '%by hand' OR key = 'extra'") == 0);
        assertThat(result(tenants.reconcile(false))).contains("\"different\":0", "\"equal\":true");
    }

    @Test
    void aComparisonThatFailsGoesOnWhereItWas() throws Exception {
        first.execute("INSERT INTO tenant SELECT 'k' || g, 'tenant ' || g, 'free' FROM generate_series(1, 700) AS g");
        second.execute(
                "INSERT INTO account SELECT 'k' || g, 'tenant ' || g, '{\"plan\": \"free\"}' FROM generate_series(1, 700) AS g");
        List<String> asked = new CopyOnWriteArrayList<>();
        Side<Tenant> failingOnce = new FailingKeys(asked);
        old = cluster("old", poolOfFirst, failingOnce);
        tenants = DualWrite.between("tenants", Tenant.class, old, fresh);
        startWorkers();
        assertThat(result(tenants.reconcile(false))).contains("\"keys\":700", "\"equal\":true");
        assertThat(asked)
                .as("the first range once, the second twice, and what is after it")
                .hasSize(4);
        assertThat(asked.get(1)).isEqualTo(asked.get(2)).isNotEmpty();
    }

    /** The old side, whose second range of keys cannot be read the first time. */
    private record FailingKeys(List<String> asked) implements Side<Tenant> {

        @Override
        public void write(Connection connection, String key, @Nullable Tenant value) throws SQLException {
            Tenants.OLD.write(connection, key, value);
        }

        @Override
        public Map<String, Tenant> read(Connection connection, Collection<String> keys) throws SQLException {
            return Tenants.OLD.read(connection, keys);
        }

        @Override
        public List<String> keys(Connection connection, String after, int most) throws SQLException {
            asked.add(after);
            if (asked.size() == 2) {
                throw new SQLException("the second range fails once", "XX000");
            }
            return Tenants.OLD.keys(connection, after, most);
        }
    }

    private String result(UUID job) {
        await().atMost(PATIENCE)
                .until(() -> old.queue().find(job).orElseThrow().state().terminal());
        try {
            return first.query("SELECT result::text FROM penstock.finished WHERE id = '" + job + "'")
                    .get(0)
                    .replace(" ", "");
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
    }
}
