package io.penstock.http;

import io.penstock.job.Limits;
import io.penstock.job.Outcome;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.util.Set;

/** What an answer means for the job. */
final class HttpReply {

    private static final Set<Integer> TRY_AGAIN = Set.of(408, 425, 429);
    private static final int SHOWN_CHARACTERS = 300;

    private HttpReply() {}

    /** 2xx: completed. 408, 425, 429, 5xx and those of the endpoint: failed. Everything else can only be the same the next time. */
    static Outcome outcome(HttpEndpoint endpoint, HttpResponse<String> reply, Clock clock) {
        int status = reply.statusCode();
        if (status >= 200 && status < 300) {
            return Outcome.completed();
        }
        if (TRY_AGAIN.contains(status) || status >= 500 || endpoint.retryOn().contains(status)) {
            HttpFailedException error = new HttpFailedException("answered " + status + body(reply));
            return reply.headers()
                    .firstValue("Retry-After")
                    .flatMap(header -> RetryAfter.read(header, endpoint.longestRetryAfter(), clock))
                    .map(delay -> Outcome.failed(error, delay))
                    .orElseGet(() -> Outcome.failed(error));
        }
        if (status >= 300 && status < 400) {
            String location = reply.headers().firstValue("Location").orElse("nowhere");
            return discarded("answered " + status + ", a redirect to " + location + ", which is not followed");
        }
        return discarded("answered " + status + body(reply));
    }

    static Outcome discarded(String reason) {
        String text = reason.replaceAll("[\\p{Cntrl}\\p{Cs}]", " ");
        return Outcome.discarded(
                text.length() <= Limits.REASON_CHARACTERS ? text : text.substring(0, Limits.REASON_CHARACTERS));
    }

    private static String body(HttpResponse<String> reply) {
        String text = reply.body().strip();
        String shown = text.length() <= SHOWN_CHARACTERS ? text : text.substring(0, SHOWN_CHARACTERS) + "…";
        return shown.isEmpty() ? "" : ": " + shown;
    }
}
