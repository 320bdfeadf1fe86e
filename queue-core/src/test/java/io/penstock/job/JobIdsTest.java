package io.penstock.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.testkit.PenstockDatabase;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Both makers of ids, in Java and in SQL, make UUIDv7. */
@PenstockDatabase.Fresh
class JobIdsTest {

    private static Instant moment(UUID id) {
        return Instant.ofEpochMilli(id.getMostSignificantBits() >>> 16);
    }

    private static void assertVersion7(UUID id, Instant from, Instant to) {
        assertThat(id.version()).isEqualTo(7);
        assertThat(id.variant()).isEqualTo(2);
        assertThat(moment(id)).isBetween(from, to);
    }

    @Test
    void anIdMadeInJavaIsVersionSevenAndOrderedByTime() {
        Set<UUID> ids = new HashSet<>();
        Instant last = Instant.EPOCH;
        Instant start = Instant.now().minusMillis(1);
        for (int number = 0; number < 10_000; number++) {
            UUID id = JobIds.next();
            assertVersion7(id, start, Instant.now());
            assertThat(moment(id)).isAfterOrEqualTo(last);
            last = moment(id);
            ids.add(id);
        }
        assertThat(ids).hasSize(10_000);
    }

    @Test
    void anIdMadeInSqlIsVersionSevenAndOrderedByTime(PenstockDatabase database) throws SQLException {
        Set<UUID> ids = new HashSet<>();
        Instant last = Instant.EPOCH;
        Instant start = Instant.now().minus(Duration.ofMinutes(1));
        for (String text : database.query("SELECT penstock.new_job_id() FROM generate_series(1, 2000)")) {
            UUID id = UUID.fromString(text);
            assertVersion7(id, start, Instant.now().plus(Duration.ofMinutes(1)));
            assertThat(moment(id)).as("the clock of the server went on").isAfterOrEqualTo(last.minusMillis(1));
            last = moment(id);
            ids.add(id);
        }
        assertThat(ids).hasSize(2_000);
    }

    @Test
    void aLaterMillisecondSortsLaterAsTextAndAsAServerSorts(PenstockDatabase database) throws SQLException {
        UUID earlier =
                UUID.fromString(database.query("SELECT penstock.new_job_id()").get(0));
        UUID later = JobIds.next();
        while (moment(later).toEpochMilli() <= moment(earlier).toEpochMilli()) {
            later = JobIds.next();
        }
        assertThat(earlier.toString()).isLessThan(later.toString());
        assertThat(database.query("SELECT '" + earlier + "'::uuid < '" + later + "'::uuid"))
                .containsExactly("t");
    }
}
