package io.penstock.store;

import io.penstock.job.JobRow;
import io.penstock.job.JobState;
import io.penstock.job.Priority;
import io.penstock.store.SearchSource.Discarded;
import io.penstock.store.SearchSource.Ended;
import io.penstock.store.SearchSource.Live;
import io.penstock.store.SearchSource.Waiting;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jooq.Record;
import org.jooq.SelectFieldOrAsterisk;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/** The columns of a room as a list shows them, the same for each; a room without a column answers null. */
final class RowFields {

    private static final String NEWEST = "j.failures -> -1 ->> ";
    private static final int STACK_START = 2_000;

    private RowFields() {}

    /** Of a table named j. What is long is cut by the server, and read only for rows that match. */
    static List<SelectFieldOrAsterisk> of(SearchSource source, boolean frames) {
        return fields(source, "CASE WHEN j.matches THEN %s END", frames);
    }

    /** As {@link #of}, of every row, with all that is long at full length. */
    static List<SelectFieldOrAsterisk> detail(SearchSource source) {
        List<SelectFieldOrAsterisk> fields = fields(source, "%s", false);
        add(fields, "payload", "j.payload::text", String.class);
        add(fields, "metadata", "j.metadata::text", String.class);
        add(fields, "failures", "j.failures::text", String.class);
        return fields;
    }

    private static List<SelectFieldOrAsterisk> fields(SearchSource source, String ifMatching, boolean frames) {
        boolean ended = source instanceof Discarded || source instanceof Ended;
        List<SelectFieldOrAsterisk> fields = new ArrayList<>();
        add(fields, "id", "j.id", UUID.class);
        add(fields, "generation", "j.generation", Integer.class);
        add(fields, "queue", "(SELECT q.name FROM penstock.queue AS q WHERE q.queue_id = j.queue_id)", String.class);
        for (String column : List.of("type", "state", "concurrency_key", "idempotency_key")) {
            add(fields, column, "j." + column, String.class);
        }
        for (String column : List.of("priority", "attempt", "max_attempts")) {
            add(fields, column, "j." + column, Integer.class);
        }
        add(fields, "tags", "j.tags", String[].class);
        add(fields, "enqueued_at", "j.enqueued_at", OffsetDateTime.class);
        add(fields, "eligible_at", "j.eligible_at", OffsetDateTime.class);
        add(
                fields,
                "due_at",
                source instanceof Waiting ? "nullif(j.due_at, 'infinity')" : NO_TIME,
                OffsetDateTime.class);
        add(fields, "claimed_at", source instanceof Live || ended ? "j.claimed_at" : NO_TIME, OffsetDateTime.class);
        add(fields, "finished_at", ended ? "j.finished_at" : NO_TIME, OffsetDateTime.class);
        add(fields, "reason", ended ? "j.reason" : "NULL::text", String.class);
        add(fields, "error", ifMatching.formatted(NEWEST + "'error'"), String.class);
        add(
                fields,
                "message",
                ifMatching.formatted("left(" + NEWEST + "'message', " + JobRow.MESSAGE_START + ")"),
                String.class);
        String stack = "substring(" + NEWEST + "'stack' FROM position(E'\\n\\tat ' IN " + NEWEST + "'stack') FOR "
                + STACK_START + ")";
        add(fields, "frames", frames ? ifMatching.formatted(stack) : "NULL::text", String.class);
        add(
                fields,
                "payload_start",
                ifMatching.formatted("left(j.payload::text, " + JobRow.PAYLOAD_START + ")"),
                String.class);
        return fields;
    }

    private static final String NO_TIME = "NULL::timestamptz";

    private static void add(List<SelectFieldOrAsterisk> fields, String name, String sql, Class<?> type) {
        fields.add(DSL.field(DSL.sql(sql), type).as(name));
    }

    static JobRow row(Record row) {
        return new JobRow(
                row.get("id", UUID.class),
                row.get("generation", Integer.class),
                row.get("queue", String.class),
                row.get("type", String.class),
                JobState.ofWord(row.get("state", String.class)),
                Priority.ofLevel(row.get("priority", Integer.class)),
                row.get("attempt", Integer.class),
                row.get("max_attempts", Integer.class),
                row.get("concurrency_key", String.class),
                row.get("idempotency_key", String.class),
                List.of(row.get("tags", String[].class)),
                row.get("enqueued_at", OffsetDateTime.class).toInstant(),
                row.get("eligible_at", OffsetDateTime.class).toInstant(),
                instant(row, "due_at"),
                instant(row, "claimed_at"),
                instant(row, "finished_at"),
                row.get("reason", String.class),
                row.get("error", String.class),
                row.get("message", String.class),
                row.get("frames", String.class),
                row.get("payload_start", String.class));
    }

    private static @Nullable Instant instant(Record row, String column) {
        OffsetDateTime moment = row.get(column, OffsetDateTime.class);
        return moment == null ? null : moment.toInstant();
    }
}
