package io.penstock.admin.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.penstock.JobQueue;
import io.penstock.admin.AdminAddress;
import io.penstock.admin.AdminServer;
import io.penstock.job.QueueDefinition;
import io.penstock.objective.LatencyObjective;
import io.penstock.testkit.PenstockDatabase;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The dashboard shows what is exported, and is laid out as Grafana has it. */
@PenstockDatabase.Fresh
class GrafanaDashboardTest {

    private static final Pattern SERIES = Pattern.compile("penstock_[a-z_]+");

    private final JsonNode dashboard = new GrafanaDashboard().json();

    @Test
    void itRefersToSeriesThatAreExportedAndToNoOthers(PenstockDatabase database) throws Exception {
        JobQueue queue = database.jobQueue();
        queue.declare(QueueDefinition.of("promised", 1, 4, 1));
        queue.declareObjectives(LatencyObjective.of("promised", Duration.ofSeconds(5), 0.99));
        database.execute("INSERT INTO penstock.tally SELECT objective_id, now() - interval '2 minutes', 100, 98"
                + " FROM penstock.objective");
        database.execute(
                "INSERT INTO penstock.alert (key, rule, severity, subject, sentence, advice, opened_at, last_true_at, silenced)"
                        + " VALUES ('k', 'burn', 'page', 'promised latency', 's', 'a', now(), now(), false)");
        Set<String> exported = new TreeSet<>();
        try (AdminServer admin = AdminServer.start(
                database.dataSource(),
                new AdminAddress("127.0.0.1", 0),
                new PrometheusMeterRegistry(PrometheusConfig.DEFAULT))) {
            String metrics = HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(admin.uri().resolve("/metrics"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
            metrics.lines()
                    .filter(line -> line.startsWith("penstock_"))
                    .forEach(line -> exported.add(line.replaceAll("[{ ].*", "")));
        }
        Set<String> shown = new TreeSet<>();
        Matcher matcher = SERIES.matcher(dashboard.toString());
        while (matcher.find()) {
            shown.add(matcher.group());
        }
        assertThat(shown).isNotEmpty().isSubsetOf(exported);
    }

    /** What the schema of dashboards asks for, version 39: each panel a place of its own, and a data source that is asked for. */
    @Test
    void panelsAreWhereGrafanaLooksForThem() {
        Set<String> places = new TreeSet<>();
        Set<Integer> ids = new TreeSet<>();
        assertThat(dashboard.get("schemaVersion").asInt()).isEqualTo(39);
        assertThat(dashboard.get("title").asString()).isNotEmpty();
        assertThat(dashboard.at("/templating/list/0/type").asString()).isEqualTo("datasource");
        for (JsonNode panel : dashboard.get("panels")) {
            JsonNode place = panel.get("gridPos");
            places.add(place.get("x").asInt() + "," + place.get("y").asInt());
            ids.add(panel.get("id").asInt());
            assertThat(place.get("x").asInt() + place.get("w").asInt()).isLessThanOrEqualTo(24);
            assertThat(panel.get("title").asString()).isNotEmpty();
            assertThat(panel.get("type").asString()).isEqualTo("timeseries");
            assertThat(panel.at("/fieldConfig/defaults/unit").asString()).isNotEmpty();
            Set<String> references = new TreeSet<>();
            for (JsonNode target : panel.get("targets")) {
                references.add(target.get("refId").asString());
                assertThat(target.get("expr").asString()).contains("penstock_");
                assertThat(target.at("/datasource/uid").asString()).isEqualTo("${datasource}");
            }
            assertThat(references).hasSize(panel.get("targets").size()).contains("A");
        }
        assertThat(places).hasSize(dashboard.get("panels").size());
        assertThat(ids).hasSize(dashboard.get("panels").size());
    }
}
