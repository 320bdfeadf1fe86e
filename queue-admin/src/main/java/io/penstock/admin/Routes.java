package io.penstock.admin;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.penstock.error.PenstockException;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which path is answered by what. The database is never asked on the event loop. */
final class Routes {

    private static final Logger log = LoggerFactory.getLogger(Routes.class);
    private static final Set<String> PATHS = Set.of("/health/live", "/health/ready", "/metrics");
    private static final String AUTOSCALING = "/autoscaling/";
    private static final String PLAIN = "text/plain; charset=utf-8";
    private static final String JSON = "application/json; charset=utf-8";
    private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

    /** What is sent back. */
    private record Answer(int status, String contentType, String body) {}

    private final Vertx vertx;
    private final Readiness readiness;
    private final QueueDepths depths;
    private final ObjectiveGauges objectives;
    private final LockGauges locks;
    private final PrometheusMeterRegistry registry;

    Routes(
            Vertx vertx,
            Readiness readiness,
            QueueDepths depths,
            ObjectiveGauges objectives,
            LockGauges locks,
            PrometheusMeterRegistry registry) {
        this.vertx = vertx;
        this.readiness = readiness;
        this.depths = depths;
        this.objectives = objectives;
        this.locks = locks;
        this.registry = registry;
    }

    void route(HttpServerRequest request) {
        boolean autoscaling = request.path().startsWith(AUTOSCALING);
        if (!autoscaling && !PATHS.contains(request.path())) {
            String there = String.join(", ", PATHS) + ", " + AUTOSCALING + "QUEUE";
            send(request, new Answer(404, PLAIN, "nothing here; there are " + there + "\n"));
        } else if (!request.method().equals(HttpMethod.GET)) {
            request.response().putHeader("Allow", "GET");
            send(request, new Answer(405, PLAIN, "expected GET, was " + request.method() + "\n"));
        } else if (request.path().equals("/health/live")) {
            Readiness.Answer alive = readiness.alive();
            send(
                    request,
                    alive.ready()
                            ? new Answer(200, PLAIN, "live\n")
                            : new Answer(503, PLAIN, "not live: " + alive.text() + "\n"));
        } else if (request.path().equals("/health/ready")) {
            answer(request, this::ready);
        } else if (autoscaling) {
            answer(request, () -> slotsNeeded(request.path().substring(AUTOSCALING.length())));
        } else {
            answer(request, this::metrics);
        }
    }

    /** For who scales workers: how many slots the queue needs. */
    private Answer slotsNeeded(String queue) {
        try {
            OptionalInt slots = objectives.slotsNeeded(queue);
            return slots.isPresent()
                    ? new Answer(200, JSON, "{\"slots_needed\":" + slots.getAsInt() + "}\n")
                    : new Answer(404, PLAIN, "no such queue\n");
        } catch (PenstockException failure) {
            return new Answer(503, PLAIN, "not known: " + failure.getMessage() + "\n");
        }
    }

    private Answer ready() {
        Readiness.Answer answer = readiness.ask();
        return new Answer(
                answer.ready() ? 200 : 503, PLAIN, (answer.ready() ? "ready: " : "not ready: ") + answer.text() + "\n");
    }

    private Answer metrics() {
        depths.refresh();
        objectives.refresh();
        locks.refresh();
        return new Answer(200, PROMETHEUS, registry.scrape());
    }

    private void answer(HttpServerRequest request, Callable<Answer> work) {
        vertx.executeBlocking(work, false)
                .onSuccess(answer -> send(request, answer))
                .onFailure(failure -> {
                    log.warn("{} failed", request.path(), failure);
                    send(request, new Answer(500, PLAIN, "failed; the log says why\n"));
                });
    }

    private static void send(HttpServerRequest request, Answer answer) {
        request.response()
                .setStatusCode(answer.status())
                .putHeader("Content-Type", answer.contentType())
                .putHeader("Cache-Control", "no-store")
                .putHeader("X-Content-Type-Options", "nosniff")
                .end(answer.body())
                .onFailure(gone -> log.debug("the client left before its answer", gone));
    }
}
