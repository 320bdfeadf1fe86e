package io.penstock.http;

import io.penstock.handler.JobContext;
import io.penstock.handler.JobHandler;
import io.penstock.http.Targets.Target;
import io.penstock.job.Attempt;
import io.penstock.job.JsonText;
import io.penstock.job.Outcome;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Posts a job's payload as JSON. What the other side answers decides how the attempt ended. Safe for use by many threads. */
final class HttpHandler implements JobHandler<JsonText> {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String TRACE_PARENT = "traceparent";

    private final HttpEndpoint endpoint;
    private final Targets targets;
    private final Clients clients;
    private final Clock clock;

    HttpHandler(HttpEndpoint endpoint, Targets targets, Clients clients, Clock clock) {
        this.endpoint = endpoint;
        this.targets = targets;
        this.clients = clients;
        this.clock = clock;
    }

    @Override
    public Outcome handle(JobContext<JsonText> context) throws IOException, InterruptedException {
        try {
            URI url = endpoint.url();
            String body = context.payload().text();
            if (url == null) {
                JsonNode payload = JSON.readTree(body);
                url = named(payload);
                body = payload.path("body").toString();
            }
            Target target = targets.resolve(url, context.attempt().number());
            return post(target, request(target, context, body));
        } catch (RefusedTarget refused) {
            return HttpReply.discarded(String.valueOf(refused.getMessage()));
        }
    }

    private static URI named(JsonNode payload) throws RefusedTarget {
        if (!payload.path("url").isString() || !payload.has("body")) {
            throw new RefusedTarget(
                    "payload: expected {\"url\": …, \"body\": …}, for the endpoint has no url, was something else");
        }
        try {
            return URI.create(payload.path("url").asString());
        } catch (IllegalArgumentException malformed) {
            throw new RefusedTarget("url: expected a URL, was something else: " + malformed.getMessage());
        }
    }

    private HttpRequest request(Target target, JobContext<JsonText> context, String body) {
        Attempt attempt = context.attempt();
        HttpRequest.Builder request = HttpRequest.newBuilder(target.pinned())
                .header("Host", target.hostHeader())
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", attempt.jobId() + "-" + attempt.generation())
                .header("Penstock-Job", attempt.jobId().toString())
                .header("Penstock-Generation", String.valueOf(attempt.generation()))
                .header("Penstock-Attempt", String.valueOf(attempt.number()))
                .header("Penstock-Type", context.type())
                .header("Penstock-Queue", context.queue())
                .POST(HttpRequest.BodyPublishers.ofString(body));
        String trace = context.metadata().get(TRACE_PARENT);
        if (trace != null && trace.matches("[0-9a-f-]{1,100}")) {
            request.header(TRACE_PARENT, trace);
        }
        if (endpoint.secret() != null) {
            request.header("Penstock-Signature", Signature.of(endpoint.secret(), clock.instant(), body));
        }
        return request.build();
    }

    /** The timeout is over the whole exchange: one that a request has ends with the headers of the answer. */
    private Outcome post(Target target, HttpRequest request) throws IOException, InterruptedException {
        CompletableFuture<HttpResponse<String>> exchange =
                clients.of(target.host()).sendAsync(request, answer -> new BoundedBody());
        try {
            return HttpReply.outcome(
                    endpoint, exchange.get(endpoint.timeout().toMillis(), TimeUnit.MILLISECONDS), clock);
        } catch (TimeoutException late) {
            return Outcome.failed(new HttpFailedException(
                    "no answer within " + endpoint.timeout().toMillis() + " ms from " + target.hostHeader()));
        } catch (ExecutionException failure) {
            throw new IOException(
                    "post to " + target.hostHeader() + ", address "
                            + target.address().getHostAddress() + ": " + failure.getCause(),
                    failure.getCause());
        } finally {
            exchange.cancel(true);
        }
    }
}
