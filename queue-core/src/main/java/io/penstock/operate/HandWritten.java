package io.penstock.operate;

import io.penstock.database.Pipeline;
import io.penstock.job.Checks;
import io.penstock.job.Enqueued;
import io.penstock.store.EnqueueStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.util.RawValue;

/** Enqueues what a person wrote down. All but the payload is checked by the function that every enqueue goes through. */
record HandWritten(Transactions transactions, Audit audit) {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    Enqueued enqueue(RawJob job) {
        String subject = "enqueue into queue " + Checks.quoted(job.queue());
        JobChanges.checkPayload(job.payload());
        String jobs = "[" + JSON.writeValueAsString(document(job)) + "]";
        return transactions.transact(subject, connection -> {
            List<Enqueued> made = new ArrayList<>();
            Pipeline pipeline = new Pipeline();
            EnqueueStore.enqueue(pipeline, job.queue(), jobs, batch -> made.addAll(batch.jobs()));
            pipeline.run(connection);
            Enqueued enqueued = made.get(0);
            audit.write(
                    connection,
                    "enqueue",
                    "job " + enqueued.id(),
                    Map.of("queue", job.queue(), "type", job.type(), "created", enqueued.created()));
            return enqueued;
        });
    }

    private static ObjectNode document(RawJob job) {
        ObjectNode node = JSON.createObjectNode().put("type", job.type());
        if (job.runAt() != null) {
            node.put("run_at", job.runAt().toString());
        }
        if (job.priority() != null) {
            node.put("priority", job.priority().level());
        }
        if (job.maxAttempts() != null) {
            node.put("max_attempts", job.maxAttempts());
        }
        if (job.concurrencyKey() != null) {
            node.put("concurrency_key", job.concurrencyKey());
        }
        if (job.idempotencyKey() != null) {
            node.put("idempotency_key", job.idempotencyKey());
        }
        job.tags().forEach(node.putArray("tags")::add);
        node.putPOJO("metadata", job.metadata());
        node.putRawValue("payload", new RawValue(job.payload()));
        return node;
    }
}
