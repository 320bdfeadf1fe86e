package io.penstock.operate;

import io.penstock.database.Session;
import io.penstock.error.ContentionException;
import io.penstock.error.RefusedException;
import io.penstock.job.Checks;
import io.penstock.job.JobEdit;
import io.penstock.job.JobState;
import io.penstock.job.Limits;
import io.penstock.payload.PayloadText;
import io.penstock.store.JobStore;
import io.penstock.store.JobStore.FoundJob;
import io.penstock.store.OperatorStore;
import io.penstock.transaction.TransactionLimits;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Changes one job: looks where it is, then changes it there if it is still what it was; else looks again. */
record JobChanges(Transactions transactions, Audit audit) {

    /** A job may move to another room between two statements: then it is looked for again. */
    private static final int LOOKS = 5;

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /** A change of a job that was found; empty where it was no longer as found. */
    private interface Change<T> {
        Optional<T> tryOn(Session session, FoundJob found) throws SQLException;
    }

    boolean cancel(UUID jobId, int likelyQueueId, String reason) {
        Checks.ofLength("cancel reason", reason, 1, Limits.REASON_CHARACTERS);
        return lookAndChange("cancellation of job " + jobId, jobId, likelyQueueId, false, (session, found) -> {
            if (found.job().state().terminal()) {
                return Optional.of(false);
            }
            return changed(session.inTransaction(connection -> {
                boolean ended = OperatorStore.end(connection, found.queueId(), jobId, JobState.CANCELLED, reason);
                if (!ended && !OperatorStore.requestCancel(connection, found.queueId(), jobId)) {
                    return false;
                }
                write(connection, ended ? "cancel" : "cancel running", jobId, Map.of("reason", reason));
                return true;
            }));
        });
    }

    private static Optional<Boolean> changed(boolean changed) {
        return changed ? Optional.of(true) : Optional.empty();
    }

    boolean discard(UUID jobId, int likelyQueueId, String reason) {
        Checks.ofLength("discard reason", reason, 1, Limits.REASON_CHARACTERS);
        return lookAndChange("discard of job " + jobId, jobId, likelyQueueId, false, (session, found) -> {
            if (found.job().state().terminal()) {
                return Optional.of(false);
            }
            refuseRunning(found, "cancel it, or wait for its end");
            return changed(session.inTransaction(connection -> {
                if (!OperatorStore.end(connection, found.queueId(), jobId, JobState.DISCARDED, reason)) {
                    return false;
                }
                write(connection, "discard", jobId, Map.of("reason", reason));
                return true;
            }));
        });
    }

    int retry(UUID jobId, JobEdit edit) {
        String subject = "retry of job " + jobId;
        return transactions.transact(subject, connection -> retry(connection, jobId, 0, edit));
    }

    /** In the caller's transaction; only the generation named, if one is. */
    int retry(Connection connection, UUID jobId, int generation, JobEdit edit) throws SQLException {
        OperatorStore.lock(connection, jobId);
        OffsetDateTime earliest = JobStore.earliestEnd(jobId);
        Optional<FoundJob> newest = JobStore.findNotLive(connection, jobId, earliest);
        if (newest.isEmpty()) {
            earliest = JobStore.EVER;
            newest = JobStore.findNotLive(connection, jobId, earliest);
        }
        if (newest.isEmpty()
                || !newest.get().job().state().terminal()
                || (generation > 0 && newest.get().job().generation() != generation)) {
            return 0;
        }
        if (!newest.get().hasTables()) {
            throw Checks.refused(
                    "retry of job " + jobId,
                    "a queue that is still there",
                    "the removed " + Checks.quoted(newest.get().job().queue()));
        }
        int made = OperatorStore.retry(connection, newest.get().queueId(), jobId, earliest, edit);
        if (made > 0) {
            Map<String, Object> details = told(edit);
            details.put("generation", made);
            write(connection, edit.isEmpty() ? "retry" : "edit and retry", jobId, details);
        }
        return made;
    }

    int edit(UUID jobId, int likelyQueueId, JobEdit edit) {
        check(edit);
        String subject = "edit of job " + jobId;
        return lookAndChange(subject, jobId, likelyQueueId, 0, (session, found) -> {
            refuseRunning(found, "cancel it, or wait for its end");
            JobState state = found.job().state();
            if (state == JobState.COMPLETED) {
                throw Checks.refused(subject, "a job that has not been completed", "completed; enqueue another");
            }
            Integer attempts = edit.maxAttempts();
            if (!state.terminal() && attempts != null && attempts <= found.job().attempts()) {
                throw Checks.refused(
                        subject + ": max attempts",
                        "more than the " + found.job().attempts() + " that were started",
                        String.valueOf(attempts));
            }
            int made = session.inTransaction(connection -> {
                if (state.terminal()) {
                    return retry(connection, jobId, found.job().generation(), edit);
                }
                return editInPlace(connection, found, jobId, edit);
            });
            return made == 0 ? Optional.empty() : Optional.of(made);
        });
    }

    private int editInPlace(Connection connection, FoundJob found, UUID jobId, JobEdit edit) throws SQLException {
        if (!OperatorStore.edit(connection, found.queueId(), jobId, edit)) {
            return 0;
        }
        write(connection, "edit", jobId, told(edit));
        return found.job().generation();
    }

    /** The payload is checked as an enqueue checks it, and everything that can be refused without the server is refused here. */
    static void check(JobEdit edit) {
        if (edit.isEmpty()) {
            throw Checks.refused("edit", "a payload, metadata, tags, a priority or max attempts", "nothing");
        }
        if (edit.payload() != null) {
            checkPayload(edit.payload());
        }
    }

    static void checkPayload(String payload) {
        PayloadText.check(payload);
        try {
            if (JSON.readTree(payload).isMissingNode()) {
                throw Checks.refused("payload", "JSON", "nothing");
            }
        } catch (JacksonException failure) {
            throw new RefusedException(
                    "payload: expected JSON, was refused: "
                            + failure.getOriginalMessage().split(" \\(", 2)[0] + " at character "
                            + failure.getLocation().getCharOffset(),
                    failure);
        }
    }

    private void write(Connection connection, String action, UUID jobId, Map<String, ?> details) throws SQLException {
        audit.write(connection, action, "job " + jobId, details);
    }

    /** Payload and metadata may hold what nobody else should read: that they changed is told, not to what. */
    private static Map<String, Object> told(JobEdit edit) {
        Map<String, Object> details = new LinkedHashMap<>();
        if (edit.payload() != null) {
            details.put("payload", "changed");
        }
        if (edit.metadata() != null) {
            details.put("metadata", "changed");
        }
        if (edit.tags() != null) {
            details.put("tags", edit.tags());
        }
        if (edit.priority() != null) {
            details.put("priority", edit.priority().level());
        }
        if (edit.maxAttempts() != null) {
            details.put("max_attempts", edit.maxAttempts());
        }
        return details;
    }

    private static void refuseRunning(FoundJob found, String advice) {
        if (found.job().state() == JobState.RUNNING) {
            throw Checks.refused(
                    "job " + found.job().id(),
                    "one that does not run",
                    "running its attempt " + found.job().attempts() + "; " + advice);
        }
    }

    private <T> T lookAndChange(String subject, UUID jobId, int likelyQueueId, T unknown, Change<T> change) {
        return transactions.inSession(subject, TransactionLimits.DEFAULT, session -> {
            for (int look = 0; look < LOOKS; look++) {
                Optional<FoundJob> found = JobLookup.find(session, jobId, likelyQueueId);
                if (found.isEmpty()) {
                    return unknown;
                }
                Optional<T> changed = change.tryOn(session, found.get());
                if (changed.isPresent()) {
                    return changed.get();
                }
            }
            throw new ContentionException(
                    subject + ": it changed its state during each of " + LOOKS + " looks; try again");
        });
    }
}
