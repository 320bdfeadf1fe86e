package io.penstock.examples.tenants;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.testkit.PenstockDatabase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TenantMoveTest {

    @Test
    void tenantsMoveThereAndBackWhileTheyAreWrittenTo() throws Exception {
        List<String> said = new ArrayList<>();
        try (PenstockDatabase old = PenstockDatabase.create("old", true);
                PenstockDatabase fresh = PenstockDatabase.create("new", true)) {
            long failed = TenantMove.run(old.dataSource(), fresh.dataSource(), Duration.ofMillis(500), said::add);
            assertThat(failed).as(said.toString()).isZero();
            assertThat(old.query("SELECT id || ' ' || name || ' ' || plan FROM tenant ORDER BY id"))
                    .hasSize(20)
                    .isEqualTo(fresh.query(
                            "SELECT key || ' ' || name || ' ' || (details ->> 'plan') FROM account ORDER BY key"));
        }
        assertThat(said)
                .satisfiesExactly(
                        mirrored -> assertThat(mirrored).startsWith("mirrored: "),
                        copied -> assertThat(copied).startsWith("copied in "),
                        compared -> assertThat(compared).startsWith("compared by reads: "),
                        switched -> assertThat(switched).startsWith("switched to new: "),
                        back -> assertThat(back).startsWith("back at old: "),
                        end -> assertThat(end).isEqualTo("equal at the end"));
    }
}
