package io.penstock.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.JobQueue;
import io.penstock.error.ContentionException;
import io.penstock.error.RefusedException;
import io.penstock.job.JobType;
import io.penstock.job.JsonText;
import io.penstock.job.NewJob;
import io.penstock.job.Priority;
import io.penstock.job.QueueDefinition;
import io.penstock.testkit.PenstockDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Declaring, and what an operator does, from Java and from SQL. */
@PenstockDatabase.Fresh
class SchedulesTest {

    record Report(String kind) {}

    private static final JobType<Report> REPORT =
            JobType.of("report", Report.class).onQueue("reports");
    private static final Cron NIGHTLY = Cron.of("0 3 * * *", ZoneId.of("Europe/Berlin"));
    private static final String ROW = "SELECT to_jsonb(s)::text FROM penstock.schedule AS s WHERE name = '%s'";

    private final PenstockDatabase database;
    private final JobQueue jobQueue;
    private final Schedules schedules;

    SchedulesTest(PenstockDatabase database) {
        this.database = database;
        this.jobQueue = database.jobQueue();
        this.schedules = Schedules.on(database.dataSource());
    }

    @BeforeEach
    void begin() throws SQLException {
        database.execute("DELETE FROM penstock.schedule");
        jobQueue.declare(QueueDefinition.of("reports", 0, 1, 1));
    }

    private static ScheduleDefinition nightly(NewJob<?> job) {
        return ScheduleDefinition.of("nightly", NIGHTLY, job);
    }

    private static NewJob<Report> daily() {
        return REPORT.with(new Report("daily"));
    }

    private String row(String name) throws SQLException {
        return database.query(ROW.formatted(name)).get(0);
    }

    /** As if a worker had looked and made ticks since. */
    private void standAt(String next, String last) throws SQLException {
        database.execute("UPDATE penstock.schedule SET next_tick_at = '" + next + "', look_at = '" + next
                + "', last_tick_at = '" + last + "', counts_from = '2026-01-01'");
    }

    @Test
    void theSameDeclarationChangesNothing() throws SQLException {
        NewJob<Report> job = daily().priority(Priority.HIGH)
                .tags("a", "b")
                .metadata("k", "v")
                .maxAttempts(3);
        assertThat(schedules.declare(nightly(job))).isTrue();
        standAt("2037-01-01 03:00Z", "2036-12-31 03:00Z");
        String before = row("nightly");

        assertThat(schedules.declare(nightly(job.id(UUID.randomUUID())))).isFalse();
        assertThat(row("nightly")).isEqualTo(before);
        assertThat(schedules.declare(
                        ScheduleDefinition.of("nightly", Cron.of(" 0  3 * * * ", ZoneId.of("Europe/Berlin")), job)))
                .isFalse();
    }

    @Test
    void anotherJobOrPolicyLeavesTheTicksAsTheyAre() throws SQLException {
        schedules.declare(nightly(daily()));
        standAt("2037-01-01 03:00Z", "2036-12-31 03:00Z");

        assertThat(schedules.declare(nightly(REPORT.with(new Report("weekly"))).catchingUp(CatchUp.ALL)))
                .isTrue();
        assertThat(schedules.nextTicks("nightly", 1)).containsExactly(Instant.parse("2037-01-01T03:00:00Z"));
        assertThat(database.query("SELECT payload ->> 'kind' || catch_up || revision FROM penstock.schedule"))
                .containsExactly("weeklyall2");
    }

    @Test
    void anotherRuleCountsFromNowButNeverRepeatsATick() throws SQLException {
        schedules.declare(nightly(daily()));
        assertThat(schedules.declare(ScheduleDefinition.of("nightly", Cron.utc("0 4 * * *"), daily())))
                .isTrue();
        Instant now = Instant.now();
        assertThat(schedules.nextTicks("nightly", 1).get(0))
                .isAfter(now.minusSeconds(60))
                .isBefore(now.plus(Duration.ofHours(25)));

        standAt("2037-01-01 04:00Z", "2036-12-31 04:00Z"); // the clock was set back by years since
        schedules.declare(ScheduleDefinition.of("nightly", Cron.utc("0 5 * * *"), daily()));
        assertThat(schedules.nextTicks("nightly", 1)).containsExactly(Instant.parse("2036-12-31T05:00:00Z"));
    }

    @Test
    void theNextTicksAreToldInAdvance() throws SQLException {
        schedules.declare(nightly(daily()));
        standAt("2026-10-24 01:00Z", "2026-10-23 01:00Z");
        assertThat(schedules.nextTicks("nightly", 3))
                .containsExactly(
                        Instant.parse("2026-10-24T01:00:00Z"),
                        Instant.parse("2026-10-25T02:00:00Z"), // the clock has changed
                        Instant.parse("2026-10-26T02:00:00Z"));
        assertThatThrownBy(() -> schedules.nextTicks("nightly", 1_001))
                .hasMessage("next ticks: expected 1 to 1000, was 1001");
    }

    @Test
    void aPausedScheduleIsNotLookedAtAndGoesOnFromItsResumption() throws SQLException {
        schedules.declare(nightly(daily()));
        standAt("2026-02-01 03:00Z", "2026-01-31 03:00Z"); // and everything since was missed
        schedules.pause("nightly");
        String paused = row("nightly");
        schedules.pause("nightly");
        assertThat(row("nightly")).isEqualTo(paused);
        assertThat(database.query("SELECT look_at FROM penstock.schedule")).containsExactly("infinity");
        assertThat(schedules.list()).singleElement().satisfies(schedule -> {
            assertThat(schedule.pausedAt()).isNotNull();
            assertThat(schedule.nextTick()).isNull();
        });

        schedules.declare(nightly(REPORT.with(new Report("weekly"))));
        assertThat(schedules.list().get(0).pausedAt())
                .as("a declaration does not resume")
                .isNotNull();

        schedules.resume("nightly");
        assertThat(schedules.nextTicks("nightly", 1).get(0))
                .isAfter(Instant.now().minusSeconds(60));
        assertThat(schedules.list().get(0).pausedAt()).isNull();
    }

    @Test
    void aRunAtOnceLeavesTheTicksAlone() throws SQLException {
        schedules.declare(nightly(daily().priority(Priority.URGENT).metadata("k", "v")));
        schedules.pause("nightly");
        String before = row("nightly");

        UUID first = schedules.runNow("nightly");
        UUID second = schedules.runNow("nightly");

        assertThat(first).isNotEqualTo(second);
        assertThat(row("nightly")).isEqualTo(before);
        assertThat(database.query("SELECT (type, priority, payload, metadata)::text FROM penstock.live WHERE id = '"
                        + first + "'"))
                .containsExactly(
                        "(report,0,\"{\"\"kind\"\": \"\"daily\"\"}\",\"{\"\"k\"\": \"\"v\"\", \"\"schedule\"\": \"\"nightly\"\"}\")");
    }

    @Test
    void whatIsAskedOfAScheduleThatIsNotThereIsRefused() {
        schedules.declare(nightly(daily()));
        schedules.remove("nightly");
        for (Runnable asked : List.<Runnable>of(
                () -> schedules.remove("nightly"),
                () -> schedules.pause("nightly"),
                () -> schedules.resume("nightly"),
                () -> schedules.runNow("nightly"),
                () -> schedules.nextTicks("nightly", 1))) {
            assertThatThrownBy(asked::run)
                    .isInstanceOf(RefusedException.class)
                    .hasMessageContaining("schedule \"nightly\": expected an existing schedule");
        }
    }

    @Test
    void aPayloadThatIsJsonAlreadyIsTakenAsItIs() throws SQLException {
        JobType<JsonText> report = JobType.of("report", JsonText.class).onQueue("reports");
        schedules.declare(nightly(report.with(new JsonText("{\"kind\": [1, null]}"))));
        assertThat(database.query("SELECT payload FROM penstock.schedule")).containsExactly("{\"kind\": [1, null]}");
        assertThatThrownBy(() -> schedules.declare(nightly(report.with(new JsonText("{\"kind\"")))))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("schedule \"nightly\"")
                .hasMessageContaining("JSON");
    }

    @Test
    void badDefinitionsAreRefused() {
        assertThatThrownBy(() -> ScheduleDefinition.of("", NIGHTLY, daily())).hasMessageContaining("schedule name");
        assertThatThrownBy(() -> nightly(daily().runIn(Duration.ofHours(1))))
                .hasMessageContaining("schedule \"nightly\" job's time: expected none");
        assertThatThrownBy(() -> nightly(daily().idempotencyKey("key")))
                .hasMessageContaining("idempotency key: expected none, since a tick has its own, was \"key\"");
        assertThatThrownBy(() -> schedules.declare(nightly(daily().queue("reprots"))))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("queue \"reprots\": expected an existing queue, found none");
        assertThatThrownBy(() -> CatchUp.of("twice"))
                .hasMessage("catch-up policy: expected none, once or all, was \"twice\"");
        assertThat(schedules.list()).isEmpty();
    }

    @Test
    void aScheduleIsDeclaredAndManagedInSql() throws SQLException {
        String declaration = "SELECT penstock.declare_schedule('from-sql', 'reports', 'report', '{\"kind\": \"sql\"}',"
                + " cron => '0 3 * * MON-FRI', zone => 'America/New_York', catch_up => 'all', tags => '{a}')";
        assertThat(database.query(declaration)).containsExactly("created");
        assertThat(database.query(declaration)).containsExactly("unchanged");
        assertThat(database.query(declaration.replace("0 3", "0 4"))).containsExactly("changed");
        assertThat(database.query(
                        "SELECT penstock.declare_schedule('beat', 'reports', 'report', every => '90 seconds')"))
                .containsExactly("created");
        assertThat(schedules.list())
                .extracting(ScheduleSnapshot::rule)
                .containsExactly("every PT1M30S from 1970-01-01T00:00:00Z", "cron 0 4 * * MON-FRI in America/New_York");
        assertThat(schedules.nextTicks("from-sql", 5)).hasSize(5);
        assertThat(database.query("SELECT penstock.pause_schedule('beat')")).containsExactly("t");
        assertThat(database.query("SELECT penstock.resume_schedule('beat')")).containsExactly("t");
        assertThat(database.query("SELECT penstock.run_schedule('beat') IS NOT NULL"))
                .containsExactly("t");
        assertThat(database.query("SELECT penstock.remove_schedule('beat')")).containsExactly("t");
        assertThat(database.query("SELECT penstock.remove_schedule('beat')")).containsExactly("f");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a b|cron => '* * * * *'|name: expected 1 to 128",
                "s|cron => NULL|rule: expected a cron text or a period, was neither",
                "s|cron => '* * * * *', every => '1 hour'|rule: expected a cron text or a period, was both",
                "s|cron => '* * * *'|cron: expected 5 fields, or 6 with seconds in front, was \"* * * *\"",
                "s|cron => '* * * * ;'|cron: expected 5 fields",
                "s|cron => '* * * * *', zone => 'Europe/Atlantis'|zone: expected the name of a time zone",
                "s|every => '999 milliseconds'|every: expected 1 second to 3650 days",
                "s|every => '1 month'|every: expected 1 second to 3650 days in whole milliseconds, without months",
                "s|every => '1.0005 seconds'|every: expected 1 second to 3650 days in whole milliseconds",
                "s|every => '1 hour', anchor => 'infinity'|anchor: expected a moment",
                "s|every => '1 hour', catch_up => 'twice'|catch_up: expected none, once or all, was \"twice\"",
                "s|every => '1 hour', priority => 4|job priority: expected 0 (urgent) to 3 (low), was 4",
                "s|every => '1 hour', metadata => '[]'|job metadata: expected a JSON object, was array",
            })
    void aBadDeclarationInSqlIsRefusedWithFieldExpectedAndFound(String name, String rule, String message) {
        assertThatThrownBy(() -> database.query(
                        "SELECT penstock.declare_schedule('" + name + "', 'reports', 'report', " + rule + ")"))
                .hasMessageContaining(message);
    }

    @Test
    void aScheduleFollowsTheNewNameOfItsQueue() throws SQLException {
        jobQueue.declare(QueueDefinition.of("old-name", 0, 1, 1));
        schedules.declare(nightly(daily().queue("old-name")));
        jobQueue.rename("old-name", "new-name");
        assertThat(schedules.list().get(0).queue()).isEqualTo("new-name");
    }

    @Test
    void aScheduleThatSomebodyHoldsIsGivenUpInHalfASecond() throws SQLException {
        schedules.declare(nightly(daily()));
        try (Connection holder = database.connect();
                Statement statement = holder.createStatement()) {
            holder.setAutoCommit(false);
            statement.execute("SELECT FROM penstock.schedule FOR UPDATE");
            assertThat(schedules.declare(nightly(daily())))
                    .as("what is equal needs no lock")
                    .isFalse();
            assertThatThrownBy(() -> schedules.pause("nightly")).isInstanceOf(ContentionException.class);
            holder.rollback();
        }
    }
}
