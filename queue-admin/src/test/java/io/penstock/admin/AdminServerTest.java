package io.penstock.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.penstock.JobQueue;
import io.penstock.error.RefusedException;
import io.penstock.job.JobType;
import io.penstock.job.NewJob;
import io.penstock.job.QueueDefinition;
import io.penstock.objective.LatencyObjective;
import io.penstock.objective.ObjectiveStatus;
import io.penstock.operate.ObjectiveOperations;
import io.penstock.testkit.PenstockDatabase;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

@PenstockDatabase.Fresh
class AdminServerTest {

    record Item(int value) {}

    private static final JobType<Item> COUNT = JobType.of("count", Item.class).onQueue("count");
    private static final AdminAddress ANY_PORT = new AdminAddress("127.0.0.1", 0);

    private final HttpClient client = HttpClient.newHttpClient();

    @Test
    void isLiveAndReadyOnADatabaseOfItsSchema(PenstockDatabase database) throws Exception {
        try (AdminServer admin = start(database.dataSource())) {
            assertThat(send(admin, "GET", "/health/live").statusCode()).isEqualTo(200);
            HttpResponse<String> ready = send(admin, "GET", "/health/ready");
            assertThat(ready.statusCode()).isEqualTo(200);
            assertThat(ready.body()).startsWith("ready: schema ");
        }
    }

    @Test
    void isLiveButNotReadyWithoutTheDatabase() throws Exception {
        PGSimpleDataSource nowhere = new PGSimpleDataSource();
        nowhere.setUrl("jdbc:postgresql://127.0.0.1:1/nowhere");
        try (AdminServer admin = start(nowhere)) {
            assertThat(send(admin, "GET", "/health/live").statusCode()).isEqualTo(200);
            HttpResponse<String> ready = send(admin, "GET", "/health/ready");
            assertThat(ready.statusCode()).isEqualTo(503);
            assertThat(ready.body()).startsWith("not ready: ");
            assertThat(send(admin, "GET", "/metrics").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void isNotReadyOnADatabaseWithoutTheSchema() throws Exception {
        try (PenstockDatabase empty = PenstockDatabase.create("admin_empty", false);
                AdminServer admin = start(empty.dataSource())) {
            HttpResponse<String> ready = send(admin, "GET", "/health/ready");
            assertThat(ready.statusCode()).isEqualTo(503);
            assertThat(ready.body()).contains("run penstock migrate");
        }
    }

    @Test
    void metricsShowTheDepthOfEachQueueUpToTheCap(PenstockDatabase database) throws Exception {
        JobQueue queue = database.jobQueue();
        queue.declare(QueueDefinition.of("count", 1, 4, 1));
        queue.declare(QueueDefinition.of("empty", 1, 4, 1));
        queue.enqueue(jobs(10_000));
        queue.enqueue(jobs(500));
        try (AdminServer admin = start(database.dataSource())) {
            HttpResponse<String> metrics = send(admin, "GET", "/metrics");
            assertThat(metrics.statusCode()).isEqualTo(200);
            assertThat(metrics.body())
                    .contains("penstock_queue_depth_jobs{queue=\"count\"} 10001.0")
                    .contains("penstock_queue_depth_jobs{queue=\"empty\"} 0.0");
        }
    }

    @Test
    void metricsShowHowObjectivesAreKept(PenstockDatabase database) throws Exception {
        JobQueue queue = database.jobQueue();
        queue.declare(QueueDefinition.of("promised", 1, 4, 1));
        queue.declareObjectives(LatencyObjective.of("promised", Duration.ofSeconds(5), 0.99));
        database.execute("INSERT INTO penstock.tally SELECT objective_id, now() - interval '2 minutes', 100, 98"
                + " FROM penstock.objective");
        database.execute(
                "INSERT INTO penstock.alert (key, rule, severity, subject, sentence, advice, opened_at, last_true_at, silenced)"
                        + " VALUES ('k', 'burn', 'page', 'promised latency', 's', 'a', now(), now(), false)");
        try (AdminServer admin = start(database.dataSource())) {
            String labels = "{kind=\"latency\",queue=\"promised\",type=\"\"}";
            assertThat(send(admin, "GET", "/metrics").body())
                    .contains("penstock_objective_target" + labels + " 0.99")
                    .contains("penstock_objective_attainment" + labels + " 0.98")
                    .containsPattern(Pattern.quote("penstock_objective_error_budget_left" + labels) + " -(1.0|0.99)")
                    .contains("penstock_objective_time_to_breach_seconds" + labels + " +Inf")
                    .contains("penstock_alert_open{rule=\"burn\",severity=\"page\",subject=\"promised latency\"} 1.0");
        }
    }

    @Test
    void whoScalesIsToldHowManySlotsAQueueNeeds(PenstockDatabase database) throws Exception {
        JobQueue queue = database.jobQueue();
        queue.declare(QueueDefinition.of("scaled", 1, 4, 1));
        database.execute("INSERT INTO penstock.sample (queue_id, at, drawn, depth, head_age)"
                + " SELECT queue_id, now() - (10 - s) * interval '1 s', s * 20, 300, 0 FROM penstock.queue, generate_series(0, 10) AS s"
                + " WHERE name = 'scaled'");
        database.execute(
                "INSERT INTO penstock.histogram SELECT queue_id, 'count', now(), 'run', 40, '{100}' FROM penstock.queue"
                        + " WHERE name = 'scaled'");
        try (AdminServer admin = start(database.dataSource())) {
            HttpResponse<String> needed = send(admin, "GET", "/autoscaling/scaled");
            assertThat(needed.statusCode()).isEqualTo(200);
            assertThat(needed.headers().firstValue("Content-Type")).hasValue("application/json; charset=utf-8");
            assertThat(needed.body()).as("(20/s + 300 / 30 s) of 0.94 s").isEqualTo("{\"slots_needed\":29}\n");
            queue.declareObjectives(LatencyObjective.of("scaled", Duration.ofSeconds(20), 0.99));
            assertThat(send(admin, "GET", "/autoscaling/scaled").body())
                    .as("(20/s + 300 / 10 s) of 0.94 s")
                    .isEqualTo("{\"slots_needed\":47}\n");
            assertThat(ObjectiveOperations.on(database.dataSource(), "test").list().stream()
                            .filter(status -> status.objective().queue().equals("scaled"))
                            .map(ObjectiveStatus::slotsNeeded))
                    .as("as everywhere else")
                    .containsExactly(47L);
            assertThat(send(admin, "GET", "/autoscaling/none").statusCode()).isEqualTo(404);
            assertThat(send(admin, "POST", "/autoscaling/scaled").statusCode()).isEqualTo(405);
        }
        PGSimpleDataSource nowhere = new PGSimpleDataSource();
        nowhere.setUrl("jdbc:postgresql://127.0.0.1:1/nowhere");
        try (AdminServer admin = start(nowhere)) {
            assertThat(send(admin, "GET", "/autoscaling/scaled").statusCode()).isEqualTo(503);
        }
    }

    @Test
    void otherPathsAreNotFoundAndOtherMethodsNotAllowed(PenstockDatabase database) throws Exception {
        try (AdminServer admin = start(database.dataSource())) {
            assertThat(send(admin, "GET", "/").statusCode()).isEqualTo(404);
            assertThat(send(admin, "POST", "/unknown").statusCode()).isEqualTo(404);
            HttpResponse<String> posted = send(admin, "POST", "/metrics");
            assertThat(posted.statusCode()).isEqualTo(405);
            assertThat(posted.headers().firstValue("Allow")).hasValue("GET");
        }
    }

    @Test
    void anAddressThatOthersCanReachIsRefused() {
        assertThatThrownBy(() -> new AdminAddress("0.0.0.0", 8080))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("admin host: expected a loopback address such as 127.0.0.1, was \"0.0.0.0\"");
    }

    @Test
    void aPortThatIsTakenIsRefused(PenstockDatabase database) {
        try (AdminServer admin = start(database.dataSource())) {
            AdminAddress taken = new AdminAddress("127.0.0.1", admin.uri().getPort());
            assertThatThrownBy(() -> AdminServer.start(database.dataSource(), taken, registry()))
                    .isInstanceOf(RefusedException.class)
                    .hasMessageContaining("admin port: expected a free one");
        }
    }

    private HttpResponse<String> send(AdminServer admin, String method, String path) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(admin.uri().resolve(path))
                .method(method, HttpRequest.BodyPublishers.noBody())
                .build();
        return client.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private static AdminServer start(DataSource dataSource) {
        return AdminServer.start(dataSource, ANY_PORT, registry());
    }

    private static PrometheusMeterRegistry registry() {
        return new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    }

    private static List<NewJob<Item>> jobs(int count) {
        List<NewJob<Item>> jobs = new ArrayList<>();
        for (int value = 0; value < count; value++) {
            jobs.add(COUNT.with(new Item(value)));
        }
        return jobs;
    }
}
