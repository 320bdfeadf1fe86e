package io.penstock.admin.cli;

import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A dashboard for Grafana 10 and later, over the series of /metrics and no others. It asks for the Prometheus data source when it is imported. */
final class GrafanaDashboard {

    private static final int WIDTH = 12;
    private static final int HEIGHT = 8;
    private static final String OF_QUEUES = "{queue=~\"$queue\"}";
    private static final String LEGEND = "{{queue}} {{type}} {{kind}}";

    private final ObjectNode dashboard = Output.object();
    private final ArrayNode panels;

    GrafanaDashboard() {
        dashboard
                .put("uid", "penstock")
                .put("title", "Penstock: objectives and alerts")
                .put("schemaVersion", 39)
                .put("editable", true)
                .put("refresh", "10s");
        dashboard.putObject("time").put("from", "now-3h").put("to", "now");
        dashboard.putArray("tags").add("penstock");
        ArrayNode variables = dashboard.putObject("templating").putArray("list");
        variables
                .addObject()
                .put("name", "datasource")
                .put("label", "Data source")
                .put("type", "datasource")
                .put("query", "prometheus");
        ObjectNode queue = variables
                .addObject()
                .put("name", "queue")
                .put("label", "Queue")
                .put("type", "query")
                .put("query", "label_values(penstock_objective_target, queue)")
                .put("refresh", 2)
                .put("multi", true)
                .put("includeAll", true)
                .put("allValue", ".*");
        dataSource(queue);
        this.panels = dashboard.putArray("panels");
    }

    ObjectNode json() {
        panel(
                "Open alerts",
                "none",
                List.of("max by (severity, rule, subject) (penstock_alert_open)"),
                "{{severity}} {{rule}} {{subject}}");
        panel("Error budget left", "percentunit", List.of(series("penstock_objective_error_budget_left")), LEGEND);
        panel(
                "Predicted wait of a job that arrives now",
                "s",
                List.of(series("penstock_objective_predicted_wait_seconds")),
                LEGEND);
        panel("Age of the first in line", "s", List.of(series("penstock_objective_head_age_seconds")), LEGEND);
        panel("Time to breach", "s", List.of(series("penstock_objective_time_to_breach_seconds")), LEGEND);
        panel("Growth, jobs a second", "none", List.of(series("penstock_objective_growth")), LEGEND);
        panel(
                "Attainment of the last hour, and what is promised",
                "percentunit",
                List.of(series("penstock_objective_attainment_hour"), series("penstock_objective_target")),
                LEGEND);
        panel(
                "Burn of the last hour: 1 is as fast as allowed",
                "none",
                List.of(series("penstock_objective_burn_hour")),
                LEGEND);
        panel(
                "Slots needed",
                "none",
                List.of("max by (queue) (penstock_objective_slots_needed" + OF_QUEUES + ")"),
                "{{queue}}");
        return dashboard;
    }

    private static String series(String name) {
        return "max by (queue, type, kind) (" + name + OF_QUEUES + ")";
    }

    private void panel(String title, String unit, List<String> queries, String legend) {
        int number = panels.size();
        ObjectNode panel =
                panels.addObject().put("id", number + 1).put("title", title).put("type", "timeseries");
        dataSource(panel);
        panel.putObject("gridPos")
                .put("h", HEIGHT)
                .put("w", WIDTH)
                .put("x", number % 2 * WIDTH)
                .put("y", number / 2 * HEIGHT);
        ObjectNode fields = panel.putObject("fieldConfig");
        fields.putObject("defaults").put("unit", unit);
        fields.putArray("overrides");
        ArrayNode targets = panel.putArray("targets");
        for (String query : queries) {
            ObjectNode target = targets.addObject()
                    .put("refId", String.valueOf((char) ('A' + targets.size() - 1)))
                    .put("expr", query)
                    .put("legendFormat", legend);
            dataSource(target);
        }
    }

    private static void dataSource(ObjectNode of) {
        of.putObject("datasource").put("type", "prometheus").put("uid", "${datasource}");
    }
}
