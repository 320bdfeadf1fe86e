package io.penstock.observe;

import io.micrometer.common.KeyValue;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.transport.Kind;
import io.micrometer.observation.transport.ReceiverContext;
import io.penstock.handler.JobContext;
import io.penstock.handler.JobMiddleware;
import io.penstock.job.Checks;
import io.penstock.job.Outcome;
import java.util.Map;

/**
 * Every attempt as a Micrometer observation, {@code penstock.attempt}. Its carrier is the job's metadata, in which an enqueue
 * that was observed has left its trace context.
 */
public final class ObservedAttempts implements JobMiddleware {

    private final ObservationRegistry registry;

    public ObservedAttempts(ObservationRegistry registry) {
        this.registry = Checks.present("observation registry", registry);
    }

    @Override
    public Outcome around(JobContext<?> context, Next next) throws Exception {
        ReceiverContext<Map<String, String>> received = new ReceiverContext<>(Map::get, Kind.CONSUMER);
        received.setCarrier(context.metadata());
        Observation observation = Observation.createNotStarted("penstock.attempt", () -> received, registry)
                .contextualName(context.type() + " run")
                .lowCardinalityKeyValue("penstock.queue", context.queue())
                .lowCardinalityKeyValue("penstock.type", context.type())
                .highCardinalityKeyValue(
                        "penstock.job", context.attempt().jobId().toString())
                .highCardinalityKeyValue(
                        "penstock.attempt", String.valueOf(context.attempt().number()))
                .start();
        String ended = "Failed";
        try (Observation.Scope scope = observation.openScope()) {
            Outcome outcome = next.run();
            if (outcome instanceof Outcome.Failed failed) {
                observation.error(failed.error());
            }
            ended = outcome == null ? ended : outcome.getClass().getSimpleName();
            return outcome;
        } catch (Throwable failure) {
            observation.error(failure);
            throw failure;
        } finally {
            observation.lowCardinalityKeyValue(KeyValue.of("penstock.outcome", ended));
            observation.stop();
        }
    }
}
