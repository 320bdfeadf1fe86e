package io.penstock.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.configure.Setting;
import io.penstock.error.RefusedException;
import io.penstock.job.JobType;
import io.penstock.job.JsonText;
import io.penstock.schedule.CatchUp;
import io.penstock.schedule.Cron;
import io.penstock.schedule.FixedRate;
import io.penstock.schedule.ScheduleDefinition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Schedules of a worker's file are those that code would declare, or refused with their line. */
class ScheduleSettingsTest {

    private static final String FILE = """
            database: {url: "jdbc:postgresql://localhost/orders"}
            queues: {reports: {}}
            http:
              allowed-hosts: [hooks.example.org]
              endpoints: {report: {url: "https://hooks.example.org/"}}
            schedules:
              nightly:
                queue: reports
                type: report
                payload: {kind: daily, to: ["${WHO}", 1, 2.50, true, null]}
                cron: "30 2 * * MON-FRI"
                time-zone: Europe/Berlin
                catch-up: all
              beat:
                queue: reports
                type: report
                every: 90s
            """;
    private static final Map<String, String> ENVIRONMENT = Map.of("WHO", "ada");

    @TempDir
    private Path directory;

    @Test
    void aScheduleIsDeclaredAsCodeWouldDeclareIt() throws IOException {
        WorkerConfiguration read = read(FILE, ENVIRONMENT);
        ScheduleDefinition nightly = read.schedules().get(0);
        ScheduleDefinition beat = read.schedules().get(1);

        assertThat(nightly.name()).isEqualTo("nightly");
        assertThat(nightly.rule()).isEqualTo(Cron.of("30 2 * * MON-FRI", ZoneId.of("Europe/Berlin")));
        assertThat(nightly.catchUp()).isEqualTo(CatchUp.ALL);
        assertThat(nightly.job().queue()).isEqualTo("reports");
        assertThat(nightly.job().type())
                .isEqualTo(JobType.of("report", JsonText.class).onQueue("reports"));
        assertThat(nightly.job().payload())
                .isEqualTo(new JsonText("{\"kind\":\"daily\",\"to\":[\"ada\",1,2.50,true,null]}"));
        assertThat(beat.rule()).isEqualTo(FixedRate.every(Duration.ofSeconds(90)));
        assertThat(beat.catchUp()).isEqualTo(CatchUp.ONCE);
        assertThat(beat.job().payload()).isEqualTo(new JsonText("{}"));
        assertThat(read.settings())
                .contains(
                        new Setting("schedules.nightly.cron", "30 2 * * MON-FRI", "line 11"),
                        new Setting("schedules.beat.catch-up", "once", "default"));
    }

    @Test
    void theEnvironmentOverridesARule() throws IOException {
        Map<String, String> environment = Map.of("WHO", "ada", "PENSTOCK_SCHEDULES_NIGHTLY_CRON", "0 3 * * *");
        assertThat(read(FILE, environment).schedules().get(0).rule())
                .isEqualTo(Cron.of("0 3 * * *", ZoneId.of("Europe/Berlin")));
    }

    @ParameterizedTest(name = "{0} -> {1}: {2}")
    @CsvSource(delimiter = '|', textBlock = """
            queue: reports | queue: report | line 8: schedules.nightly.queue: expected one of the queues of this file, reports, was "report"
            type: report | type: reports | line 9: schedules.nightly.type: expected one of the job types that this file has handlers for, report, was "reports"
            30 2 * * MON-FRI | 30 25 * * * | line 11: schedules.nightly.cron: cron "30 25 * * *" hour: expected 0 to 23
            30 2 * * MON-FRI | 30 2 * | line 11: schedules.nightly.cron: cron "30 2 *": expected 5 fields, or 6 with seconds in front, was 3 fields
            Europe/Berlin | Europe/Berlln | line 12: schedules.nightly.time-zone: expected the name of a time zone such as Europe/Berlin, was "Europe/Berlln"
            catch-up: all | catch-up: some | line 13: schedules.nightly.catch-up: expected none, once or all, was "some"
            catch-up: all | every: 1h | line 13: schedules.nightly.every: expected one of cron and every, was both
            every: 90s | catch-up: all | schedules.beat.cron: expected one of cron and every, was neither
            every: 90s | every: 90 | line 17: schedules.beat.every: expected a duration such as
            every: 90s | every: 1ms | line 17: schedules.beat.every: expected 1s to 3650d, was "1ms"
            every: 90s | every: 90s, time-zone: UTC | line 18: schedules.beat.time-zone: expected none with every, which follows elapsed time, was set
            every: 90s | evry: 90s | line 17: schedules.beat.evry: expected one of
            beat: | -beat: | line 14: schedules.-beat: schedule name: expected 1 to 128 letters
            ${WHO} | ${NOBODY} | line 10: schedules.nightly.payload: expected the environment to have NOBODY, was not set
            2.50 | .inf | line 10: schedules.nightly.payload: expected a number that JSON has, was .inf
            kind: daily | to: daily | line 10: schedules.nightly.payload: expected to once, stands there twice
            """)
    void aMistakeIsToldWithItsLine(String right, String wrong, String told) {
        String file = FILE.replace(right, wrong.replace(", time-zone", "\n    time-zone"));
        if (right.equals("type: report") || right.equals("queue: reports")) {
            file = FILE.replaceFirst("(?m)^    " + right + "$", "    " + wrong);
        }
        String changed = file;
        assertThat(changed).isNotEqualTo(FILE);
        assertThatThrownBy(() -> read(changed, ENVIRONMENT))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining(told);
    }

    private WorkerConfiguration read(String text, Map<String, String> environment) throws IOException {
        return WorkerConfiguration.read(Files.writeString(directory.resolve("penstock.yaml"), text), environment);
    }
}
