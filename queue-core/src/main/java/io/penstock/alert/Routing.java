package io.penstock.alert;

import io.penstock.database.Pipeline;
import io.penstock.database.SqlFailure;
import io.penstock.job.JobType;
import io.penstock.job.JsonText;
import io.penstock.objective.Alert;
import io.penstock.objective.AlertRoute;
import io.penstock.store.AlertStore;
import io.penstock.store.AlertStore.Routed;
import io.penstock.store.EnqueueStore;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Makes jobs of alerts, for every route whose pattern their key is like, in the transaction in which they open or end. An alert whose job cannot be made is
 * told all the same, and the log says that it was not sent.
 */
final class Routing {

    /** An alert that is open has an end for the Alertmanager, which is told of the real one. */
    static final Duration OPEN_FOR = Duration.ofDays(7);

    private static final Logger log = LoggerFactory.getLogger(Routing.class);
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private Routing() {}

    static void send(Connection connection, List<Alert> alerts) throws SQLException {
        Map<String, Alert> told = new HashMap<>();
        alerts.stream().filter(alert -> !alert.silenced()).forEach(alert -> told.put(alert.key(), alert));
        if (told.isEmpty()) {
            return;
        }
        Savepoint before = connection.setSavepoint();
        try {
            Pipeline pipeline = new Pipeline();
            List<Routed> routes = AlertStore.routes(connection, List.copyOf(told.keySet()));
            for (Routed routed : routes) {
                Alert alert = told.get(routed.key());
                if (alert != null) {
                    enqueue(pipeline, routed.route(), alert);
                }
            }
            if (!routes.isEmpty()) {
                pipeline.run(connection);
            }
        } catch (SQLException failure) {
            if (SqlFailure.connectionLost(failure)) {
                throw failure;
            }
            connection.rollback(before);
            log.warn(
                    "alerts {} are not sent to their routes, for their jobs cannot be enqueued: {}",
                    told.keySet(),
                    SqlFailure.describe(failure));
        }
    }

    private static void enqueue(Pipeline pipeline, AlertRoute route, Alert alert) {
        String payload = switch (route.format()) {
            case PENSTOCK -> object(route, alert);
            case ALERTMANAGER -> alertmanager(route, alert);
        };
        EnqueueStore.enqueueOne(
                pipeline,
                JobType.of(route.type(), JsonText.class).onQueue(route.queue()).with(new JsonText(payload)),
                payload,
                "{}",
                enqueued -> {});
    }

    static String object(AlertRoute route, Alert alert) {
        Instant resolved = alert.resolvedAt();
        return JSON.writeValueAsString(JSON.createObjectNode()
                .put("status", resolved == null ? "open" : "resolved")
                .put("id", alert.id())
                .put("key", alert.key())
                .put("rule", alert.rule())
                .put("severity", alert.severity().word())
                .put("subject", alert.subject())
                .put("queue", alert.queue())
                .put("sentence", alert.sentence())
                .put("advice", alert.advice())
                .put("link", link(route, alert))
                .put("opened_at", alert.openedAt().toString())
                .put("resolved_at", resolved == null ? null : resolved.toString()));
    }

    /** As {@code postAlerts} of its API, version 2. */
    static String alertmanager(AlertRoute route, Alert alert) {
        ArrayNode alerts = JSON.createArrayNode();
        ObjectNode one = alerts.addObject();
        ObjectNode labels = one.putObject("labels")
                .put("alertname", "Penstock")
                .put("rule", alert.rule())
                .put("severity", alert.severity().word())
                .put("subject", alert.subject());
        if (alert.queue() != null) {
            labels.put("queue", alert.queue());
        }
        one.putObject("annotations").put("summary", alert.sentence()).put("description", alert.advice());
        Instant resolved = alert.resolvedAt();
        one.put("startsAt", alert.openedAt().toString());
        one.put("endsAt", (resolved == null ? alert.openedAt().plus(OPEN_FOR) : resolved).toString());
        String link = link(route, alert);
        if (link != null) {
            one.put("generatorURL", link);
        }
        return JSON.writeValueAsString(alerts);
    }

    private static @Nullable String link(AlertRoute route, Alert alert) {
        String template = route.link();
        String queue = alert.queue();
        return template == null
                ? null
                : template.replace("{queue}", queue == null ? "" : queue).replace("{key}", encoded(alert.key()));
    }

    private static String encoded(String key) {
        return URLEncoder.encode(key, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
