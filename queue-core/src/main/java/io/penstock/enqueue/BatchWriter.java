package io.penstock.enqueue;

import io.penstock.error.RefusedException;
import io.penstock.job.Checks;
import io.penstock.job.JobBatch.Step;
import io.penstock.job.JobType;
import io.penstock.job.Limits;
import io.penstock.job.NewJob;
import io.penstock.job.PayloadSerializer;
import io.penstock.job.Uniqueness;
import io.penstock.payload.PayloadText;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.util.RawValue;

/** Writes jobs as JSON: the array that {@code penstock.enqueue_batch} takes, or the parts of one job. */
final class BatchWriter {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String NO_METADATA = "{}";

    private final PayloadSerializer serializer;

    BatchWriter(PayloadSerializer serializer) {
        this.serializer = serializer;
    }

    String write(List<NewJob<?>> jobs) {
        StringBuilder batch = new StringBuilder(jobs.size() * 256).append('[');
        for (NewJob<?> job : jobs) {
            if (batch.length() > 1) {
                batch.append(',');
            }
            batch.append(JSON.writeValueAsString(node(job)));
            if (batch.length() > Limits.ENQUEUE_BATCH_CHARACTERS) {
                throw Checks.refused(
                        "jobs of one call for queue " + Checks.quoted(job.queue()),
                        "at most " + Limits.ENQUEUE_BATCH_CHARACTERS + " characters of JSON; enqueue fewer at a time",
                        "more");
            }
        }
        return batch.append(']').toString();
    }

    /** The jobs of a batch by queue, as {@code penstock.open_batch} takes them. */
    String groups(Map<String, List<NewJob<?>>> byQueue) {
        StringBuilder groups = new StringBuilder("[");
        byQueue.forEach((queue, jobs) -> groups.append(groups.length() > 1 ? "," : "")
                .append("{\"queue\":")
                .append(JSON.writeValueAsString(queue))
                .append(",\"jobs\":")
                .append(write(jobs))
                .append('}'));
        return groups.append(']').toString();
    }

    String steps(List<Step> steps) {
        ArrayNode nodes = JSON.createArrayNode();
        for (Step step : steps) {
            nodes.addObject()
                    .put("queue", step.job().queue())
                    .put("when", step.when().word())
                    .set("job", node(step.job()));
        }
        return JSON.writeValueAsString(nodes);
    }

    private ObjectNode node(NewJob<?> job) {
        ObjectNode node = JSON.createObjectNode()
                .put("id", job.id().toString())
                .put("type", job.type().name())
                .put("priority", job.priority().level())
                .put("max_attempts", job.maxAttempts());
        Instant runAt = job.runAt();
        if (runAt != null) {
            node.put("run_at", runAt.toString());
        }
        Duration runIn = job.runIn();
        if (runIn != null) {
            node.put("run_in", runIn.toString());
        }
        if (job.concurrencyKey() != null) {
            node.put("concurrency_key", job.concurrencyKey());
        }
        if (job.idempotencyKey() != null) {
            node.put("idempotency_key", job.idempotencyKey());
        }
        Uniqueness uniqueness = job.uniqueness();
        if (uniqueness != null) {
            node.putObject("uniqueness")
                    .put("key", uniqueness.key())
                    .put("while", uniqueness.whileRunning() ? "waiting or running" : "waiting")
                    .put("period", uniqueness.period().toString())
                    .put("on_conflict", uniqueness.onConflict().word());
        }
        if (!job.tags().isEmpty()) {
            node.putPOJO("tags", job.tags());
        }
        String metadata = metadata(job);
        if (!metadata.equals(NO_METADATA)) {
            node.putRawValue("metadata", new RawValue(metadata));
        }
        node.putRawValue("payload", new RawValue(payload(job)));
        return node;
    }

    /** The payload's JSON, as its serialiser wrote it and PostgreSQL can store it. */
    String payload(NewJob<?> job) {
        try {
            return PayloadText.of(job.payload(), serializer);
        } catch (RefusedException refused) {
            throw new RefusedException("job " + job + ": " + refused.getMessage(), refused);
        }
    }

    /** The metadata's JSON, with what is ours in it: the version of the payload where that is not the first, and when it is to start at the latest. */
    static String metadata(NewJob<?> job) {
        Map<String, String> entries = job.metadata();
        Duration startWithin = job.startWithin();
        if (job.type().version() > 1 || startWithin != null) {
            entries = new TreeMap<>(entries);
        }
        if (job.type().version() > 1) {
            entries.put(JobType.VERSION_KEY, String.valueOf(job.type().version()));
        }
        if (startWithin != null) {
            entries.put(NewJob.START_WITHIN_KEY, String.valueOf(startWithin.toMillis()));
        }
        String metadata = entries.isEmpty() ? NO_METADATA : JSON.writeValueAsString(entries);
        if (metadata.length() > Limits.METADATA_BYTES / 2) {
            throw Checks.refused(
                    "job " + job + ": metadata",
                    "at most " + Limits.METADATA_BYTES / 2 + " characters",
                    String.valueOf(metadata.length()));
        }
        return metadata;
    }
}
