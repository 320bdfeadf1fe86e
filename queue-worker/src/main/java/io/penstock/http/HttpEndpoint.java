package io.penstock.http;

import io.penstock.handler.HandlerOptions;
import java.net.URI;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How the jobs of one type are posted.
 *
 * @param url where to; if null, the payload says: {@code {"url": …, "body": …}}
 * @param timeout from looking up the host to the end of the answer
 * @param secret signs what is posted, if there is one
 * @param retryOn statuses that are tried again beside those that always are
 * @param longestRetryAfter what a longer Retry-After is cut to
 * @param retry for answers without a Retry-After
 */
record HttpEndpoint(
        String type,
        @Nullable URI url,
        Duration timeout,
        @Nullable String secret,
        Set<Integer> retryOn,
        Duration longestRetryAfter,
        HandlerOptions retry) {

    @Override
    public String toString() {
        return "http endpoint of " + type;
    }
}
