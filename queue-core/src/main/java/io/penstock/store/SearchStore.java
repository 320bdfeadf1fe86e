package io.penstock.store;

import io.penstock.job.JobDetail;
import io.penstock.job.JobFilter;
import io.penstock.job.JobRow;
import io.penstock.store.SearchSource.Discarded;
import io.penstock.store.SearchSource.Ended;
import io.penstock.store.SearchSource.Key;
import io.penstock.store.SearchSource.Waiting;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.ResultQuery;
import org.jooq.SQLDialect;
import org.jooq.SelectFieldOrAsterisk;
import org.jooq.SortField;
import org.jooq.conf.Settings;
import org.jooq.exception.DataAccessException;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/**
 * Searches: the statements that depend on what is asked for. Each looks at a page of one source in the order of an index, and
 * filters what it has looked at: so it costs the same whatever the filter, however much there is. Runs inside the caller's
 * transaction.
 */
public final class SearchStore {

    private static final Settings QUIET =
            new Settings().withExecuteLogging(false).withRenderFormatted(false);

    /**
     * A page of a search.
     *
     * @param examined how many rows were looked at
     * @param next where to go on, null at the end of the source
     */
    public record Page(
            List<JobRow> rows, int examined, @Nullable List<String> next) {}

    private SearchStore() {}

    /**
     * Loads what builds the statements, before a transaction is begun: with its first statement that is a thousand classes, and on
     * a machine that is busy a transaction that stood open meanwhile was ended by its limit for being idle.
     */
    public static void prepare() {
        Leaf any = new Leaf(1, 0);
        SearchSource source = new SearchSource.Live(any);
        DSLContext context = DSL.using(SQLDialect.POSTGRES, QUIET);
        SearchCondition condition = new SearchCondition(JobFilter.ALL, 1, "any", true);
        context.renderInlined(query(context, source, condition, source.key().start(), 1));
    }

    public static List<String> days(Connection connection) throws SQLException {
        List<String> days = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("finished_days"));
                ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                days.add(rows.getString(1));
            }
        }
        return days;
    }

    /**
     * Looks at a page.
     *
     * @param after where to go on, or the key's start
     * @param mostRows how many rows are looked at
     */
    public static Page page(
            Connection connection, SearchSource source, SearchCondition condition, List<String> after, int mostRows)
            throws SQLException {
        try {
            List<JobRow> rows = new ArrayList<>();
            List<String> last = after;
            int examined = 0;
            for (Record row : query(context(connection), source, condition, after, mostRows)
                    .fetch()) {
                examined++;
                last = List.of(row.get("key0", String.class), row.get("key1", String.class));
                if (Boolean.TRUE.equals(row.get("matches", Boolean.class))) {
                    rows.add(RowFields.row(row));
                }
            }
            return new Page(rows, examined, examined < mostRows ? null : last);
        } catch (DataAccessException failure) {
            throw sql(failure);
        }
    }

    static ResultQuery<Record> query(
            DSLContext context, SearchSource source, SearchCondition condition, List<String> after, int mostRows) {
        Key key = source.key();
        List<SelectFieldOrAsterisk> all =
                List.of(DSL.asterisk(), DSL.field(condition.of(source)).as("matches"));
        var looked = DSL.select(all)
                .from(DSL.table(DSL.sql(source.table())))
                .where(within(source, after))
                .orderBy(order(key))
                .limit(mostRows)
                .asTable("j");
        List<SelectFieldOrAsterisk> columns = new ArrayList<>(RowFields.of(source, condition.frames()));
        columns.add(DSL.field("j.matches", Boolean.class).as("matches"));
        for (int column = 0; column < key.columns().size(); column++) {
            columns.add(DSL.field("j." + key.columns().get(column) + "::text", String.class)
                    .as("key" + column));
        }
        return context.resultQuery(
                "/* penstock search */ {0}", DSL.select(columns).from(looked).orderBy(order(key)));
    }

    private static Condition within(SearchSource source, List<String> after) {
        Key key = source.key();
        String comparison = key.descending() ? "<" : ">";
        Condition beyond = DSL.condition(
                "(" + String.join(", ", key.columns()) + ") " + comparison + " ({0}::"
                        + key.types().get(0) + ", {1}::" + key.types().get(1) + ")",
                DSL.val(after.get(0)),
                DSL.val(after.get(1)));
        if (source instanceof Waiting waiting) {
            return beyond.and(DSL.condition("queue_id = {0}", DSL.val(waiting.queueId())));
        }
        if (source instanceof Discarded discarded) {
            return beyond.and(DSL.condition(
                    "queue_id = {0} AND state = 'discarded' AND finished_at <= {1}::timestamptz",
                    DSL.val(discarded.queueId()), DSL.val(after.get(0))));
        }
        return source instanceof Ended ? beyond.and(DSL.condition("state <> 'discarded'")) : beyond;
    }

    private static List<SortField<?>> order(Key key) {
        List<SortField<?>> order = new ArrayList<>();
        for (String column : key.columns()) {
            Field<Object> field = DSL.field(DSL.sql(column));
            order.add(key.descending() ? field.desc() : field.asc());
        }
        return order;
    }

    /** All generations of a job, in order: of one queue's live tables, if one is given, and of what waits and has ended. */
    public static List<JobDetail> generations(
            Connection connection, int liveInQueue, UUID jobId, OffsetDateTime earliestEnd) throws SQLException {
        Condition byId = DSL.condition("j.id = {0}", DSL.val(jobId));
        var rooms = DSL.select(RowFields.detail(new Waiting(1)))
                .from(DSL.table("penstock.waiting AS j"))
                .where(byId)
                .unionAll(DSL.select(RowFields.detail(new Discarded(1)))
                        .from(DSL.table("penstock.finished AS j"))
                        .where(byId.and(DSL.condition("j.finished_at >= {0}", DSL.val(earliestEnd)))));
        if (liveInQueue > 0) {
            Leaf leaf = new Leaf(liveInQueue, 0);
            rooms = rooms.unionAll(DSL.select(RowFields.detail(new SearchSource.Live(leaf)))
                    .from(DSL.table(DSL.sql(leaf.queueTable() + " AS j")))
                    .where(byId));
        }
        try {
            List<JobDetail> generations = new ArrayList<>();
            for (Record row : context(connection).fetch("/* penstock generations */ {0}", rooms)) {
                generations.add(new JobDetail(
                        RowFields.row(row),
                        row.get("payload", String.class),
                        row.get("metadata", String.class),
                        row.get("failures", String.class)));
            }
            generations.sort((one, other) ->
                    Integer.compare(one.row().generation(), other.row().generation()));
            return generations;
        } catch (DataAccessException failure) {
            throw sql(failure);
        }
    }

    /** The jobs that hold an idempotency key, one of each queue. */
    public static List<UUID> holdersOf(Connection connection, String idempotencyKey) throws SQLException {
        List<UUID> jobs = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(Statements.of("key_holders"))) {
            statement.setString(1, idempotencyKey);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    jobs.add(rows.getObject(1, UUID.class));
                }
            }
        }
        return jobs;
    }

    private static DSLContext context(Connection connection) {
        return DSL.using(connection, SQLDialect.POSTGRES, QUIET);
    }

    private static SQLException sql(DataAccessException failure) {
        SQLException cause = failure.getCause(SQLException.class);
        if (cause == null) {
            throw failure;
        }
        return cause;
    }
}
