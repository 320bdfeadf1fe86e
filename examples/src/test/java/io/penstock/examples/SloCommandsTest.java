package io.penstock.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.penstock.admin.cli.ExitCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Objectives and alerts on the command line. */
class SloCommandsTest extends CommandTest {

    private static final Path PROMTOOL = Path.of("/usr/bin/promtool");

    private void counted(int total, int good) throws SQLException {
        database.execute("INSERT INTO penstock.tally SELECT objective_id, now() - interval '2 minutes', " + total + ", "
                + good + " FROM penstock.objective");
    }

    @Test
    void anObjectiveIsSetShownAndRemoved() throws Exception {
        assertThat(run("slo")).isEqualTo(ExitCode.OK);
        assertThat(out).contains("no objectives");
        assertThat(run("objectives", "set", "mail", "--within", "5000", "--target", "0.95", "--actor", "ada"))
                .isEqualTo(ExitCode.OK);
        assertThat(out).contains("latency objective of mail: done within 5 s, 0.95 over 30 days");
        assertThat(run("slo")).isEqualTo(ExitCode.OK);
        assertThat(out).contains("OBJECTIVE", "VERDICT", "done within 5 s", "95%", "no data");
        database.execute("INSERT INTO penstock.tally SELECT objective_id, now() - interval '2 hours', 900, 900"
                + " FROM penstock.objective");
        counted(100, 99);
        assertThat(run("slo")).isEqualTo(ExitCode.OK);
        assertThat(out).contains("99%", "99.9%", "98%", "kept");
        counted(20, 10);
        assertThat(run("slo")).as("at risk").isEqualTo(1);
        assertThat(out).contains("at risk");
        counted(100, 0);
        JsonNode slo = json(2, "slo").get(0);
        assertThat(slo.get("verdict").asString()).isEqualTo("missed");
        assertThat(slo.get("hour").get("total").asInt()).isEqualTo(220);
        assertThat(slo.get("time_to_breach_s").isNull()).isTrue();
        assertThat(database.query("SELECT actor || ' ' || action FROM penstock.audit WHERE action LIKE 'objective%'"))
                .containsExactly("ada objective");
        assertThat(run("objectives", "remove", "mail")).isEqualTo(ExitCode.OK);
        assertThat(run("objectives", "remove", "mail")).isEqualTo(ExitCode.FAILED);
        assertThat(run("objectives", "set", "none", "--within", "5000")).isEqualTo(ExitCode.USAGE);
        assertThat(err).contains("queue \"none\": expected an existing queue");
        assertThat(run("objectives", "set", "mail", "--kind", "speed")).isEqualTo(ExitCode.USAGE);
        assertThat(err).contains("--kind: expected latency, wait, success, growth or freshness, was \"speed\"");
    }

    @Test
    void alertsAreListedAndSilenced() throws Exception {
        assertThat(run("alerts", "list")).isEqualTo(ExitCode.OK);
        assertThat(out).contains("no open alerts");
        database.execute(
                "INSERT INTO penstock.alert (key, rule, severity, subject, sentence, advice, opened_at, last_true_at, silenced)"
                        + " VALUES ('growth/page/mail latency', 'growth', 'page', 'mail latency', 'it grows', 'more slots', now(), now(), false)");
        assertThat(run("alerts", "list")).isEqualTo(1);
        assertThat(out).contains("growth/page/mail latency", "it grows", "more slots");
        assertThat(run("alerts", "silence", "%/mail%", "--seconds", "60", "--reason", "maintenance", "--actor", "ada"))
                .isEqualTo(ExitCode.OK);
        assertThat(database.query("SELECT by || ' ' || pattern || ' ' || reason FROM penstock.silence"))
                .containsExactly("ada %/mail% maintenance");
        assertThat(run("alerts", "silence", "%", "--seconds", "0")).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void alertsAreRoutedAndSilencedFromATimeOn() throws Exception {
        assertThat(run("alerts", "route")).isEqualTo(ExitCode.OK);
        assertThat(out).contains("no alert routes");
        assertThat(run("alerts", "route", "hook", "--queue", "mail", "--match", "%/page/%", "--actor", "ada"))
                .isEqualTo(ExitCode.OK);
        assertThat(out)
                .contains("alert route \"hook\": those like %/page/% become jobs \"penstock.alert\" of queue \"mail\"");
        JsonNode routes = json(
                ExitCode.OK, "alerts", "route", "am", "--queue", "mail", "--type", "am", "--format", "alertmanager");
        assertThat(routes).hasSize(2);
        assertThat(routes.get(0).get("format").asString()).isEqualTo("alertmanager");
        assertThat(run("alerts", "route", "am", "--remove")).isEqualTo(ExitCode.OK);
        assertThat(run("alerts", "route", "am", "--remove")).isEqualTo(ExitCode.FAILED);
        assertThat(run("alerts", "route", "am", "--queue", "none")).isEqualTo(ExitCode.USAGE);
        assertThat(err).contains("alert route \"am\": expected the existing queue \"none\", was none of that name");
        assertThat(run("alerts", "route", "am")).isEqualTo(ExitCode.USAGE);
        assertThat(run("alerts", "route", "am", "--queue", "mail", "--format", "xml"))
                .isEqualTo(ExitCode.USAGE);
        assertThat(run("alerts", "silence", "%", "--seconds", "60", "--from", "2030-01-01T02:00:00Z"))
                .isEqualTo(ExitCode.OK);
        assertThat(database.query(
                        "SELECT begins_at AT TIME ZONE 'UTC' || ' ' || (ends_at - begins_at) FROM penstock.silence"
                                + " WHERE begins_at > now() + interval '1 year'"))
                .containsExactly("2030-01-01 02:00:00 00:01:00");
    }

    @Test
    void whatMadeJobsLateIsShown() throws Exception {
        assertThat(run("objectives", "set", "mail", "--within", "5000")).isEqualTo(ExitCode.OK);
        database.execute(
                "INSERT INTO penstock.lateness SELECT queue_id, 'welcome', now(), c.cause, c.spent FROM penstock.queue,"
                        + " (VALUES ('slot', 3000000), ('slot', 3000000), ('ran', 1500000), ('retry', 500000)) AS c (cause, spent)"
                        + " WHERE name = 'mail'");
        assertThat(run("slo")).isEqualTo(ExitCode.OK);
        assertThat(out)
                .contains(
                        "mail: jobs that were late in the last hour waited for a slot for 75%, ran for 19%, were retried for 6%");
        assertThat(json(ExitCode.OK, "slo").at("/0/late_because/slot").asDouble())
                .isEqualTo(0.75);
        assertThat(run("objectives", "remove", "mail")).isEqualTo(ExitCode.OK);
    }

    @Test
    void objectivesAreExportedForGrafana() throws Exception {
        assertThat(run("slo", "export", "--format", "grafana")).isEqualTo(ExitCode.OK);
        assertThat(out).contains("\"schemaVersion\"", "penstock_objective_predicted_wait_seconds");
    }

    @Test
    void prometheusTakesTheRulesAndFiresThem(@TempDir Path directory) throws Exception {
        assertThat(run("objectives", "set", "mail", "--within", "5000", "--type", "welcome"))
                .isEqualTo(ExitCode.OK);
        assertThat(run("slo", "export", "--format", "prometheus-rules")).isEqualTo(ExitCode.OK);
        Files.writeString(directory.resolve("rules.yaml"), out);
        assumeTrue(Files.isExecutable(PROMTOOL), "promtool is not installed: Debian's package prometheus has it");
        assertThat(promtool(directory, "check", "rules", "rules.yaml")).contains("4 rules found");
        Files.writeString(directory.resolve("test.yaml"), """
                rule_files: [rules.yaml]
                evaluation_interval: 1m
                tests:
                  - interval: 1m
                    input_series:
                      - series: 'penstock_alert_open{rule="growth",severity="page",subject="mail latency"}'
                        values: '1x10'
                      - series: 'penstock_objective_error_budget_left{queue="mail",type="welcome",kind="latency"}'
                        values: '-0.5x10'
                      - series: 'penstock_objective_target{queue="mail",type="welcome",kind="latency"}'
                        values: '0.99x10'
                    alert_rule_test:
                      - eval_time: 1m
                        alertname: PenstockPage
                        exp_alerts:
                          - exp_labels: {severity: page, rule: growth, subject: mail latency}
                            exp_annotations:
                              summary: growth of mail latency
                              description: penstock alerts list says what, since when, the likely cause and what to do
                      - eval_time: 1m
                        alertname: PenstockErrorBudgetSpent
                        exp_alerts:
                          - exp_labels: {severity: ticket, queue: mail}
                            exp_annotations:
                              summary: 'mail/welcome: the error budget of 30 days is spent; promised was done within 5 s'
                      - eval_time: 9m
                        alertname: PenstockNoData
                        exp_alerts: []
                  - interval: 1m
                    input_series: []
                    alert_rule_test:
                      - eval_time: 9m
                        alertname: PenstockNoData
                        exp_alerts:
                          - exp_labels: {severity: page}
                            exp_annotations:
                              summary: 'nothing is known of objectives: is the admin endpoint scraped, and does it reach its database?'
                """);
        assertThat(promtool(directory, "test", "rules", "test.yaml")).contains("SUCCESS");
    }

    @Test
    void objectivesAreExportedAsOpenSlo() throws Exception {
        assertThat(run("objectives", "set", "mail", "--within", "5000", "--days", "7"))
                .isEqualTo(ExitCode.OK);
        assertThat(run("slo", "export", "--format", "openslo")).isEqualTo(ExitCode.OK);
        assertThat(out)
                .contains("apiVersion: openslo/v1", "name: mail-latency", "duration: 7d", "- target: 0.99")
                .contains("query: 'max(penstock_objective_attainment{queue=\"mail\",type=\"\",kind=\"latency\"})'");
        assertThat(run("slo", "export", "--format", "svg")).isEqualTo(ExitCode.USAGE);
        assertThat(err).contains("--format: expected prometheus-rules, grafana or openslo, was \"svg\"");
    }

    private static String promtool(Path directory, String... arguments) throws IOException, InterruptedException {
        String[] command = new String[arguments.length + 1];
        command[0] = PROMTOOL.toString();
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return said;
    }
}
