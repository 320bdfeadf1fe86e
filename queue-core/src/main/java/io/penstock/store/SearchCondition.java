package io.penstock.store;

import io.penstock.job.JobFilter;
import io.penstock.job.JobState;
import io.penstock.store.SearchSource.Discarded;
import io.penstock.store.SearchSource.Ended;
import java.time.Duration;
import org.jooq.Condition;
import org.jooq.Field;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/**
 * What a job must be to be found, as a condition on the columns of a room.
 *
 * @param queueId the filter's queue, or 0
 * @param businessKey a concurrency key, idempotency key or tag that the job must have, or null
 * @param frames whether the beginning of the newest failure's stack is wanted
 */
public record SearchCondition(
        JobFilter filter, int queueId, @Nullable String businessKey, boolean frames) {

    Condition of(SearchSource source) {
        boolean ended = source instanceof Discarded || source instanceof Ended;
        Condition condition = DSL.condition("true");
        if (queueId > 0) {
            condition = condition.and(DSL.condition("queue_id = {0}", DSL.val(queueId)));
        }
        if (!filter.types().isEmpty()) {
            condition = condition.and(text("type").in(filter.types()));
        }
        if (!filter.states().isEmpty()) {
            condition = condition.and(text("state")
                    .in(filter.states().stream().map(JobState::word).toList()));
        }
        if (filter.key() != null) {
            condition = condition.and(text("concurrency_key").eq(filter.key()));
        }
        if (filter.idempotencyKey() != null) {
            condition = condition.and(text("idempotency_key").eq(filter.idempotencyKey()));
        }
        if (!filter.tags().isEmpty()) {
            condition = condition.and(has(filter.tags().toArray(new String[0])));
        }
        if (businessKey != null) {
            condition = condition.and(text("concurrency_key")
                    .eq(businessKey)
                    .or(text("idempotency_key").eq(businessKey))
                    .or(has(businessKey)));
        }
        if (filter.error() != null) {
            condition = condition.and(DSL.condition(
                    "position(lower({0}) IN lower(concat_ws(' ', failures -> -1 ->> 'error', failures -> -1 ->> 'message'"
                            + (ended ? ", reason" : "") + "))) > 0",
                    DSL.val(filter.error())));
        }
        return condition.and(aged(ended ? "finished_at" : "enqueued_at"));
    }

    private Condition aged(String since) {
        Condition condition = DSL.condition("true");
        if (filter.olderThan() != null) {
            condition = condition.and(since + " < " + BEFORE, milliseconds(filter.olderThan()));
        }
        if (filter.youngerThan() != null) {
            condition = condition.and(since + " > " + BEFORE, milliseconds(filter.youngerThan()));
        }
        return condition;
    }

    private static final String BEFORE = "penstock.clock() - {0} * interval '1 millisecond'";

    private static Field<Long> milliseconds(Duration duration) {
        return DSL.val(duration.toMillis());
    }

    private static Field<String> text(String column) {
        return DSL.field(DSL.sql(column), String.class);
    }

    private static Condition has(String... tags) {
        return DSL.condition("tags @> {0}::text[]", DSL.val(tags));
    }
}
