package io.penstock.exec;

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
record ExecJob(JsonText payload) implements JobContext<JsonText> {

    ExecJob(String payload) {
        this(new JsonText(payload));
    }

    @Override
    public Attempt attempt() {
        return new Attempt(new UUID(1, 2), 3, 4, 5);
    }

    @Override
    public Map<String, String> metadata() {
        return Map.of();
    }

    @Override
    public String queue() {
        return "commands";
    }

    @Override
    public String type() {
        return "exec/it";
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
