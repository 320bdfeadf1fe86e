package io.penstock.admin.cli;

import io.penstock.job.Checks;
import io.penstock.objective.Objective;
import io.penstock.objective.ObjectiveStatus;
import java.util.List;
import java.util.Locale;
import javax.sql.DataSource;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Objectives for other systems. What is in it refers to the series of /metrics of the admin endpoint, and to no others. */
@Command(
        name = "export",
        description =
                "Objectives as alerting rules for Prometheus, which follow the alerts of Penstock, as a dashboard for Grafana, or as OpenSLO v1.")
final class SloExportCommand extends DatabaseCommand {

    @Option(
            names = "--format",
            required = true,
            paramLabel = "prometheus-rules|grafana|openslo",
            description = "What to print.")
    private String format = "";

    @Override
    int run(DataSource dataSource, Output output) {
        List<Objective> objectives = objectives(dataSource).list().stream()
                .map(ObjectiveStatus::objective)
                .toList();
        output.out()
                .print(
                        switch (format) {
                            case "prometheus-rules" -> rules(objectives);
                            case "openslo" -> openSlo(objectives);
                            case "grafana" -> new GrafanaDashboard().json().toPrettyString() + "\n";
                            default ->
                                throw Checks.refused(
                                        "--format", "prometheus-rules, grafana or openslo", Checks.quoted(format));
                        });
        return ExitCode.OK;
    }

    private static String rules(List<Objective> objectives) {
        StringBuilder rules = new StringBuilder("""
                groups:
                  - name: penstock
                    rules:
                      - alert: PenstockPage
                        expr: max by (rule, subject) (penstock_alert_open{severity="page"}) > 0
                        labels: {severity: page}
                        annotations:
                          summary: "{{ $labels.rule }} of {{ $labels.subject }}"
                          description: "penstock alerts list says what, since when, the likely cause and what to do"
                      - alert: PenstockTicket
                        expr: max by (rule, subject) (penstock_alert_open{severity="ticket"}) > 0
                        labels: {severity: ticket}
                        annotations:
                          summary: "{{ $labels.rule }} of {{ $labels.subject }}"
                          description: "penstock alerts list says what, since when, the likely cause and what to do"
                      - alert: PenstockNoData
                        expr: absent(penstock_objective_target)
                        for: 5m
                        labels: {severity: page}
                        annotations:
                          summary: "nothing is known of objectives: is the admin endpoint scraped, and does it reach its database?"
                """);
        for (Objective objective : objectives) {
            rules.append("""
                          - alert: PenstockErrorBudgetSpent
                            expr: min(penstock_objective_error_budget_left%s) < 0
                            labels: {severity: ticket, queue: %s}
                            annotations:
                              summary: %s
                    """.formatted(
                            selector(objective),
                            Checks.quoted(objective.queue()),
                            Checks.quoted(objective.subject() + ": the error budget of " + objective.days()
                                    + " days is spent; promised was " + objective.promise())));
        }
        return rules.toString();
    }

    private static String openSlo(List<Objective> objectives) {
        StringBuilder documents = new StringBuilder();
        for (Objective objective : objectives) {
            documents.append("""
                    ---
                    apiVersion: openslo/v1
                    kind: SLO
                    metadata:
                      name: %s
                    spec:
                      service: %s
                      description: %s
                      budgetingMethod: %s
                      timeWindow:
                        - duration: %dd
                          isRolling: true
                      indicator:
                        metadata:
                          name: %s
                        spec:
                          ratioMetric:
                            rawType: success
                            raw:
                              metricSource:
                                type: Prometheus
                                spec:
                                  query: %s
                      objectives:
                        - target: %s
                    """.formatted(
                            name(objective),
                            Checks.quoted(objective.queue()),
                            Checks.quoted(objective.promise()),
                            ofMinutes(objective) ? "Timeslices" : "Occurrences",
                            objective.days(),
                            name(objective),
                            "'max(penstock_objective_attainment" + selector(objective) + ")'",
                            objective.target()));
        }
        return documents.toString();
    }

    private static boolean ofMinutes(Objective objective) {
        return objective.kind().equals("growth") || objective.kind().equals("freshness");
    }

    private static String selector(Objective objective) {
        String type = objective.type();
        return "{queue=\"" + objective.queue() + "\",type=\"" + (type == null ? "" : type) + "\",kind=\""
                + objective.kind() + "\"}";
    }

    /** As OpenSLO has names: those of DNS labels. */
    private static String name(Objective objective) {
        String plain = (objective.subject() + "-" + objective.kind()).toLowerCase(Locale.ROOT);
        String label = plain.replaceAll("[^a-z0-9]+", "-").replaceAll("^-|-$", "");
        return label.length() <= 63 ? label : label.substring(0, 54) + "-" + Integer.toHexString(plain.hashCode());
    }
}
