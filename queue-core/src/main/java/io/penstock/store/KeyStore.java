package io.penstock.store;

import io.penstock.database.Pipeline;
import io.penstock.job.Attempt;
import io.penstock.job.Limits;
import io.penstock.job.PauseScope;
import java.sql.Connection;
import java.sql.ResultSet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What may not run now is parked. Limits per concurrency key: who is admitted, who is parked, and who is taken from there. Steps of a pipeline, whose connection
 * is needed for its arrays, inside the caller's transaction.
 */
public final class KeyStore {

    /**
     * What was taken of the parked jobs.
     *
     * @param goOnAfter the key to go on after, empty when every key had its turn
     * @param seen whether there were parked jobs at all, taken or not
     */
    public record Taken(List<ClaimedJob> jobs, String goOnAfter, boolean seen) {}

    private KeyStore() {}

    /** Of jobs with keys that this transaction has claimed, those that may run. */
    public static void admit(
            Pipeline pipeline,
            Connection connection,
            int queueId,
            List<ClaimedJob> jobs,
            Consumer<Set<UUID>> admitted) {
        pipeline.add(
                Statements.of("admit"),
                (statement, first) -> {
                    statement.setInt(first, queueId);
                    statement.setArray(first + 1, CompletionStore.ids(connection, attempts(jobs)));
                    statement.setArray(first + 2, CompletionStore.tokens(connection, attempts(jobs)));
                    statement.setArray(first + 3, CompletionStore.array(connection, "smallint", jobs, job ->
                            (short) job.leaf().segment()));
                    statement.setArray(
                            first + 4, CompletionStore.texts(connection, "text", jobs, ClaimedJob::concurrencyKey));
                    return first + 5;
                },
                rows -> {
                    Set<UUID> ids = new HashSet<>();
                    while (rows.next()) {
                        ids.add(rows.getObject(1, UUID.class));
                    }
                    admitted.accept(ids);
                });
    }

    /** Parks jobs of one leaf that this transaction has claimed, for a pause, or for their keys' limit if none is given. */
    public static void park(
            Pipeline pipeline, Connection connection, Leaf leaf, List<ClaimedJob> jobs, @Nullable PauseScope pause) {
        pipeline.add(
                Statements.of("park", leaf),
                (statement, first) -> {
                    statement.setArray(first, CompletionStore.ids(connection, attempts(jobs)));
                    statement.setArray(first + 1, CompletionStore.tokens(connection, attempts(jobs)));
                    statement.setString(first + 2, pause == null ? null : pause.subject());
                    return first + 3;
                },
                KeyStore::nothing);
    }

    /** Parks the jobs of some keys among those that come next in a leaf, above the floor of each level. */
    public static void parkAhead(
            Pipeline pipeline, Connection connection, Leaf leaf, long[] floors, Collection<String> keys) {
        parkAhead(pipeline, connection, leaf, floors, keys, Set.of(), null);
    }

    /** Parks what is paused among the jobs that come next in a leaf, above the floor of each level. */
    public static void parkAhead(Pipeline pipeline, Connection connection, Leaf leaf, long[] floors, PauseScope pause) {
        Set<String> name = Set.of(pause.name());
        boolean ofType = pause.kind() == PauseScope.Kind.TYPE;
        parkAhead(
                pipeline,
                connection,
                leaf,
                floors,
                ofType ? Set.of() : name,
                ofType ? name : Set.of(),
                pause.subject());
    }

    private static void parkAhead(
            Pipeline pipeline,
            Connection connection,
            Leaf leaf,
            long[] floors,
            Collection<String> keys,
            Collection<String> types,
            @Nullable String subject) {
        pipeline.add(
                Statements.of("park_ahead", leaf),
                (statement, first) -> {
                    Object[] levels = Arrays.stream(floors).boxed().toArray();
                    statement.setArray(first, connection.createArrayOf("bigint", levels));
                    statement.setInt(first + 1, Limits.PARK_BATCH);
                    statement.setArray(first + 2, connection.createArrayOf("text", keys.toArray()));
                    statement.setArray(first + 3, connection.createArrayOf("text", types.toArray()));
                    statement.setString(first + 4, subject);
                    return first + 5;
                },
                KeyStore::nothing);
    }

    /** Takes parked jobs, of each key in its turn, beginning after the key given. */
    public static void takeParked(
            Pipeline pipeline, int queueId, long workerId, int wanted, String after, Consumer<Taken> taken) {
        pipeline.add(
                Statements.of("take_parked"),
                (statement, first) -> {
                    statement.setInt(first, queueId);
                    statement.setLong(first + 1, workerId);
                    statement.setInt(first + 2, Math.min(wanted, Limits.CLAIM_BATCH));
                    statement.setString(first + 3, after);
                    statement.setInt(first + 4, Limits.PARKED_KEYS);
                    return first + 5;
                },
                rows -> {
                    List<ClaimedJob> jobs = new ArrayList<>();
                    Taken all = new Taken(jobs, "", false);
                    while (rows.next()) {
                        if (rows.getObject("id") == null) {
                            all = new Taken(jobs, rows.getString("concurrency_key"), rows.getString("state") != null);
                        } else {
                            jobs.add(ClaimStore.read(rows, new Leaf(queueId, rows.getInt("segment")))
                                    .holdingKey());
                        }
                    }
                    taken.accept(all);
                });
    }

    /** Makes room for the keys of attempts of one leaf, as far as this transaction has ended them. */
    public static void letGo(Pipeline pipeline, Connection connection, Leaf leaf, List<ClaimedJob> jobs) {
        pipeline.add(
                Statements.of("let_go", leaf),
                (statement, first) -> {
                    statement.setArray(
                            first, CompletionStore.texts(connection, "text", jobs, ClaimedJob::concurrencyKey));
                    statement.setArray(first + 1, CompletionStore.ids(connection, attempts(jobs)));
                    statement.setArray(first + 2, CompletionStore.tokens(connection, attempts(jobs)));
                    statement.setInt(first + 3, leaf.queueId());
                    return first + 4;
                },
                KeyStore::nothing);
    }

    /** Makes room for the keys of whatever has ended in a leaf and still counts. */
    public static void sweep(Pipeline pipeline, Leaf leaf) {
        pipeline.add(
                Statements.of("sweep_keys", leaf),
                (statement, first) -> {
                    statement.setInt(first, leaf.queueId());
                    statement.setInt(first + 1, leaf.segment());
                    return first + 2;
                },
                KeyStore::nothing);
    }

    /** Forgets buckets of a queue's keys that are full. */
    public static void sweepBuckets(Pipeline pipeline, int queueId) {
        pipeline.add(
                Statements.of("sweep_buckets"),
                (statement, first) -> {
                    statement.setInt(first, queueId);
                    statement.setInt(first + 1, Limits.PARK_BATCH);
                    return first + 2;
                },
                KeyStore::nothing);
    }

    private static void nothing(ResultSet rows) {
        // how many is of no interest
    }

    private static List<Attempt> attempts(List<ClaimedJob> jobs) {
        return jobs.stream().map(ClaimedJob::attempt).toList();
    }
}
