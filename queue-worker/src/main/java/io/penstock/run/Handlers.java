package io.penstock.run;

import io.penstock.handler.JobMiddleware;
import io.penstock.job.PayloadSerializer;
import java.util.List;
import java.util.Map;

/**
 * What runs attempts.
 *
 * @param registrations by job type
 * @param middleware from the outermost to the innermost
 */
public record Handlers(
        Map<String, Registration<?>> registrations,
        List<JobMiddleware> middleware,
        UnknownTypePolicy unknownTypes,
        PayloadSerializer serializer) {

    public Handlers {
        registrations = Map.copyOf(registrations);
        middleware = List.copyOf(middleware);
    }
}
