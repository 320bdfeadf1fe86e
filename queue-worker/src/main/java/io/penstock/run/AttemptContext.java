package io.penstock.run;

import io.penstock.database.SqlFailure;
import io.penstock.error.LeaseLostException;
import io.penstock.handler.JobContext;
import io.penstock.job.Attempt;
import io.penstock.job.Checks;
import io.penstock.job.Limits;
import io.penstock.job.PayloadSerializer;
import io.penstock.payload.PayloadText;
import io.penstock.store.CheckpointStore;
import io.penstock.store.ClaimedJob;
import io.penstock.store.CompletionStore;
import io.penstock.store.ProgressStore.Said;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import tools.jackson.databind.json.JsonMapper;

/** The context of one attempt. */
final class AttemptContext<P extends Record> implements JobContext<P> {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final ClaimedJob job;
    private final String queue;
    private final P payload;
    private final int maxAttempts;
    private final PayloadSerializer serializer;
    private final BooleanSupplier cancelled;
    private final BooleanSupplier yields;
    private final Consumer<Said> progress;
    private volatile boolean completed;

    AttemptContext(
            ClaimedJob job,
            String queue,
            P payload,
            int maxAttempts,
            PayloadSerializer serializer,
            BooleanSupplier cancelled,
            BooleanSupplier yields,
            Consumer<Said> progress) {
        this.job = job;
        this.queue = queue;
        this.payload = payload;
        this.maxAttempts = maxAttempts;
        this.serializer = serializer;
        this.cancelled = cancelled;
        this.yields = yields;
        this.progress = progress;
    }

    @Override
    public P payload() {
        return payload;
    }

    @Override
    public Attempt attempt() {
        return job.attempt();
    }

    @Override
    public String queue() {
        return queue;
    }

    @Override
    public String type() {
        return job.type();
    }

    @Override
    public int maxAttempts() {
        return maxAttempts;
    }

    @Override
    public Instant eligibleAt() {
        return job.eligibleAt();
    }

    @Override
    public List<String> tags() {
        return job.tags();
    }

    @Override
    public Map<String, String> metadata() {
        Map<String, String> metadata = new LinkedHashMap<>();
        JSON.readTree(job.metadata())
                .properties()
                .forEach(entry -> metadata.put(entry.getKey(), entry.getValue().asString("")));
        return metadata;
    }

    @Override
    public Optional<String> concurrencyKey() {
        return Optional.ofNullable(job.concurrencyKey());
    }

    @Override
    public boolean cancelRequested() {
        return cancelled.getAsBoolean();
    }

    @Override
    public boolean shouldYield() {
        return yields.getAsBoolean();
    }

    @Override
    public void progress(long done, long total, String note) {
        if (done < 0 || done > total) {
            throw Checks.refused("progress", "0 ≤ done ≤ total", done + " of " + total);
        }
        Checks.ofLength("progress note", note, 0, Limits.PROGRESS_CHARACTERS);
        progress.accept(new Said(job.attempt(), done, total, note.isEmpty() ? null : note));
    }

    @Override
    public void checkpoint(Connection connection, Record state) {
        String json = PayloadText.check(
                "checkpoint", serializer.write(Checks.present("checkpoint", state)), Limits.CHECKPOINT_BYTES);
        try {
            if (!CheckpointStore.write(connection, job.leaf(), job.attempt(), json)) {
                throw leaseLost("to keep a checkpoint of it");
            }
        } catch (SQLException failure) {
            throw SqlFailure.translate("checkpoint of " + job.attempt(), failure);
        }
    }

    @Override
    public <S extends Record> Optional<S> checkpoint(Connection connection, Class<S> stateClass) {
        try {
            return CheckpointStore.read(connection, job.attempt()).map(json -> serializer.read(json, stateClass));
        } catch (SQLException failure) {
            throw SqlFailure.translate("checkpoint of " + job.attempt(), failure);
        }
    }

    private LeaseLostException leaseLost(String expected) {
        return new LeaseLostException("queue \"" + queue + "\": " + job.attempt() + " no longer owns its job, expected "
                + expected + "; roll back, another attempt may be running");
    }

    @Override
    public void complete(Connection connection) {
        try {
            if (!CompletionStore.completeInTransaction(connection, job.leaf(), job.attempt())) {
                throw leaseLost("to complete it");
            }
            completed = true;
        } catch (SQLException failure) {
            throw SqlFailure.translate("completion of " + job.attempt(), failure);
        }
    }

    boolean completed() {
        return completed;
    }
}
