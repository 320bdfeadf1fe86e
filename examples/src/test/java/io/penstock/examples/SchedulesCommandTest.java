package io.penstock.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.admin.cli.ExitCode;
import io.penstock.schedule.Cron;
import io.penstock.schedule.FixedRate;
import io.penstock.schedule.ScheduleDefinition;
import io.penstock.schedule.Schedules;
import java.sql.SQLException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The operator's commands for schedules. */
class SchedulesCommandTest extends CommandTest {

    private static final String NEW_LINE = System.lineSeparator();

    @BeforeEach
    void declare() throws SQLException {
        database.execute(
                "CREATE OR REPLACE FUNCTION penstock.clock() RETURNS timestamptz LANGUAGE sql VOLATILE PARALLEL SAFE"
                        + " AS $$SELECT timestamptz '2026-10-23 12:00:00Z'$$");
        Schedules schedules = Schedules.on(database.dataSource());
        schedules.declare(ScheduleDefinition.of("nightly", Cron.of("30 2 * * *", ZoneId.of("Europe/Berlin")), job()));
        schedules.declare(ScheduleDefinition.of("beat", FixedRate.every(Duration.ofHours(6)), job()));
    }

    @Test
    void schedulesAreListedAndShown() throws SQLException {
        assertThat(run("schedules", "list")).isEqualTo(ExitCode.OK);
        assertThat(out)
                .contains("SCHEDULE", "RULE")
                .containsPattern("beat +mail +welcome +- +- +ok +every PT6H")
                .containsPattern("nightly +mail +welcome +- +- +ok +cron 30 2 \\* \\* \\* in Europe/Berlin");
        JsonNode all = json("schedules", "list");
        assertThat(all).hasSize(2);
        assertThat(all.at("/1/zone").asString()).isEqualTo("Europe/Berlin");
        assertThat(all.at("/0/zone").isNull()).isTrue();

        database.execute("UPDATE penstock.schedule SET last_error = 'no queue', failing_since = penstock.clock()");
        assertThat(run("schedules", "show", "nightly")).isEqualTo(ExitCode.OK);
        assertThat(out)
                .contains(
                        "rule        cron 30 2 * * * in Europe/Berlin",
                        "makes       welcome on mail",
                        "catches up  once",
                        "failing     since 2026-10-23 12:00:00Z",
                        "            no queue");
        assertThat(json("schedules", "show", "nightly").get("last_error").asString())
                .isEqualTo("no queue");
        assertThat(run("schedules", "show", "none")).isEqualTo(ExitCode.USAGE);
        assertThat(err).contains("schedule \"none\": expected an existing schedule, was none");
    }

    @Test
    void withoutSchedulesThatIsSaid() throws SQLException {
        database.execute("DELETE FROM penstock.schedule");
        assertThat(run("schedules", "list")).isEqualTo(ExitCode.OK);
        assertThat(out).isEqualTo("no schedules" + NEW_LINE);
    }

    @Test
    void theNextTicksAreOnTheClockOfTheSchedulesZone() {
        assertThat(run("schedules", "next", "nightly", "-n", "3")).isEqualTo(ExitCode.OK);
        assertThat(out.lines().map(line -> line.substring(0, line.lastIndexOf("  "))))
                .as("through the end of summer time")
                .containsExactly(
                        "Sat 2026-10-24 02:30:00 +02:00  Europe/Berlin",
                        "Sun 2026-10-25 02:30:00 +02:00  Europe/Berlin",
                        "Mon 2026-10-26 02:30:00 +01:00  Europe/Berlin");
        JsonNode next = json("schedules", "next", "nightly");
        assertThat(next.get("next")).hasSize(5);
        assertThat(next.at("/next/2/tick").asString()).isEqualTo("2026-10-26T01:30:00Z");
        assertThat(next.at("/next/2/local").asString()).isEqualTo("2026-10-26T02:30:00+01:00");
        assertThat(run("schedules", "next", "beat", "-n", "1")).isEqualTo(ExitCode.OK);
        assertThat(out).startsWith("Fri 2026-10-23 18:00:00 +00:00  UTC");
        assertThat(run("schedules", "next", "beat", "-n", "0")).isEqualTo(ExitCode.USAGE);
        assertThat(err).contains("-n: expected 1 to 1000, was 0");
    }

    @Test
    void aScheduleIsPausedAndResumedAndThatIsAudited() throws SQLException {
        assertThat(run("schedules", "pause", "nightly", "--actor", "ada")).isEqualTo(ExitCode.OK);
        assertThat(out).isEqualTo("schedule \"nightly\": paused" + NEW_LINE);
        assertThat(run("schedules", "pause", "nightly")).isEqualTo(ExitCode.OK);
        assertThat(out).contains("was paused already");
        assertThat(run("schedules", "next", "nightly")).isEqualTo(ExitCode.OK);
        assertThat(err).contains("is paused");
        assertThat(json("schedules", "show", "nightly").get("paused_at").asString())
                .isEqualTo("2026-10-23T12:00:00Z");
        assertThat(json("schedules", "resume", "nightly").get("paused_at").isNull())
                .isTrue();
        assertThat(run("schedules", "resume", "nightly")).isEqualTo(ExitCode.OK);
        assertThat(out).contains("was not paused");
        assertThat(run("schedules", "pause", "none")).isEqualTo(ExitCode.USAGE);
        assertThat(database.query(
                        "SELECT concat_ws(' ', action, subject, actor) FROM penstock.audit ORDER BY audit_id"))
                .containsExactly("pause schedule \"nightly\" ada", "resume schedule \"nightly\"");
    }

    @Test
    void aSchedulesJobIsMadeNow() throws SQLException {
        run("schedules", "pause", "nightly");
        JsonNode ran = json("schedules", "run", "nightly", "--actor", "ada");
        UUID job = UUID.fromString(ran.get("job").asString());
        assertThat(queue.find(job).orElseThrow().type()).isEqualTo("welcome");
        assertThat(run("schedules", "run", "nightly")).isEqualTo(ExitCode.OK);
        assertThat(out).startsWith("schedule \"nightly\": job ");
        assertThat(database.query(
                        "SELECT details ->> 'job' FROM penstock.audit WHERE action = 'run' AND actor = 'ada'"))
                .containsExactly(job.toString());
        assertThat(run("schedules", "run", "none")).isEqualTo(ExitCode.USAGE);
        assertThat(err).contains("schedule \"none\": expected an existing schedule, found none");
    }
}
