package io.penstock.diagnose;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.JobQueue;
import io.penstock.diagnose.Finding.Level;
import io.penstock.job.ConcurrencyBudget;
import io.penstock.job.QueueDefinition;
import io.penstock.operate.QueueOperations;
import io.penstock.testkit.PenstockDatabase;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Guarantees beside what their queues had to do lately. */
class GuaranteeCheckTest {

    private static List<Finding> examine(PenstockDatabase database) {
        return new Doctor(database.dataSource(), database.url(), Clock.systemUTC()).examine();
    }

    private static Finding of(List<Finding> findings, String subject) {
        return findings.stream()
                .filter(finding -> finding.subject().equals(subject))
                .findFirst()
                .orElseThrow(() -> new AssertionError(subject + " among " + findings));
    }

    @Test
    void noDayButTodayIsRead() throws Exception {
        try (PenstockDatabase database = PenstockDatabase.create("guarantees", true)) {
            database.execute("SELECT penstock.ensure_days(7)");
            assertThat(database.query("EXPLAIN (ANALYZE, TIMING off) " + statement()))
                    .filteredOn(line -> line.contains("Scan on finished_") && !line.contains("never executed"))
                    .singleElement()
                    .asString()
                    .contains("Tid Range Scan");
        }
    }

    private static String statement() throws IOException {
        try (InputStream file = GuaranteeCheckTest.class.getResourceAsStream("/io/penstock/store/doctor_load.sql")) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** A queue that gets ten jobs a second, each of which takes half a second: five slots are busy on average. */
    @Test
    void aGuaranteeThatIsTooSmallForItsLoadIsWarnedOf() throws SQLException {
        try (PenstockDatabase database = PenstockDatabase.create("guarantees", true)) {
            JobQueue jobQueue = database.jobQueue();
            jobQueue.declare(QueueDefinition.of("small", 6, 8, 1));
            jobQueue.declare(QueueDefinition.of("right", 12, 12, 1));
            jobQueue.declare(QueueDefinition.of("rare", 1, 1, 1));
            database.execute("SELECT penstock.ensure_days(1)");
            database.execute(NOON);
            database.execute(ENDED.formatted("small", 300, 10)
                    + ENDED.formatted("right", 300, 10)
                    + ENDED.formatted("rare", 30, 1));

            List<Finding> findings = examine(database);

            assertThat(of(findings, "guarantee of \"small\""))
                    .extracting(Finding::level, Finding::text, Finding::advice)
                    .containsExactly(
                            Level.WARN,
                            "6 slots are few for its load: in the last 30 s 300 jobs ended that took 0.50 s each, which is"
                                    + " 5.0 slots in use on average; with arrivals at random, 12 are enough",
                            "penstock queues budget small --guarantee 12 --limit 12");
            assertThat(findings)
                    .extracting(Finding::subject)
                    .doesNotContain("guarantee of \"right\"", "guarantee of \"rare\"", "guarantees");

            QueueOperations.on(database.dataSource(), null)
                    .changeBudget("small", old -> ConcurrencyBudget.guaranteed(12, 12));
            assertThat(of(examine(database), "guarantees").text())
                    .isEqualTo("none is too small for what 2 queues had to do lately");
        }
    }

    /** Of today, wherever today's hands are. */
    private static final String NOON = """
            CREATE OR REPLACE FUNCTION penstock.clock() RETURNS timestamptz LANGUAGE sql STABLE
                AS $$ SELECT date_trunc('day', now(), 'UTC') + interval '12 hours' $$
            """;

    private static final String ENDED = """
            INSERT INTO penstock.finished (id, lease_token, enqueued_at, eligible_at, first_claimed_at, claimed_at, finished_at, queue_id,
                                           generation, attempt, max_attempts, priority, state, type, tags, metadata, failures, payload)
            SELECT gen_random_uuid(), 1, t.at, t.at, t.at, t.at - interval '500 milliseconds', t.at, q.queue_id,
                   0, 1, 1, 2, 'completed', 'nothing', '{}', '{}', '[]', '{}'
            FROM penstock.queue AS q CROSS JOIN generate_series(1, %2$d) AS n
            CROSS JOIN LATERAL (SELECT penstock.clock() - (n::double precision / %3$d) * interval '1 second' AS at) AS t
            WHERE q.name = '%1$s';
            """;
}
