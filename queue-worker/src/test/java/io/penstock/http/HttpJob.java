package io.penstock.http;

import io.penstock.handler.JobContext;
import io.penstock.job.Attempt;
import io.penstock.job.JsonText;
import java.sql.Connection;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** An attempt as a worker would hand it over. */
record HttpJob(JsonText payload, Map<String, String> metadata, Attempt attempt) implements JobContext<JsonText> {

    static HttpJob of(String payload) {
        return new HttpJob(new JsonText(payload), Map.of(), new Attempt(new UUID(1, 2), 3, 4, 5));
    }

    @Override
    public String queue() {
        return "hooks";
    }

    @Override
    public String type() {
        return "webhook";
    }

    @Override
    public int maxAttempts() {
        return 20;
    }

    @Override
    public Instant eligibleAt() {
        return Instant.EPOCH;
    }

    @Override
    public List<String> tags() {
        return List.of();
    }

    @Override
    public Optional<String> concurrencyKey() {
        return Optional.empty();
    }

    @Override
    public boolean cancelRequested() {
        return false;
    }

    @Override
    public boolean shouldYield() {
        return false;
    }

    @Override
    public void progress(long done, long total, String note) {
        throw new UnsupportedOperationException("nothing is said here");
    }

    @Override
    public void checkpoint(Connection connection, Record state) {
        throw new UnsupportedOperationException("nothing is kept here");
    }

    @Override
    public <S extends Record> Optional<S> checkpoint(Connection connection, Class<S> stateClass) {
        return Optional.empty();
    }

    @Override
    public void complete(Connection connection) {
        throw new UnsupportedOperationException("nothing is completed here");
    }
}
