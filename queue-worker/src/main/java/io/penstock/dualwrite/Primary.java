package io.penstock.dualwrite;

import io.penstock.database.BoundedTransactions;
import io.penstock.database.Pipeline;
import io.penstock.dualwrite.Charge.Now;
import io.penstock.job.Checks;
import io.penstock.job.JobType;
import io.penstock.job.NewJob;
import io.penstock.job.Uniqueness;
import io.penstock.store.DualWriteStore;
import io.penstock.store.DualWriteStore.KeptWrite;
import io.penstock.store.DualWriteStore.SideState;
import io.penstock.transaction.TransactionLimits;
import io.penstock.transaction.TransactionWork;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes on the side in charge: the value, its number, what is kept for the other side, and the job that brings it there, in one transaction. */
final class Primary<T extends Record> {

    /** So long a job leaves it to the writer to bring it at once. */
    private static final Duration LEFT_TO_WRITER = Duration.ofSeconds(2);

    private static final int ATTEMPTS = 3;

    private final String name;
    private final List<Cluster<T>> clusters;
    private final JobType<MirrorKey> mirrorType;

    Primary(String name, List<Cluster<T>> clusters, JobType<MirrorKey> mirrorType) {
        this.name = name;
        this.clusters = clusters;
        this.mirrorType = mirrorType;
    }

    KeptWrite write(Now now, String key, @Nullable T value, boolean atOnce) {
        return run(now, key, transaction -> write(transaction.connection(), now, key, value, atOnce));
    }

    /**
     * The same in a transaction under way.
     *
     * @param atOnce whether the writer will bring it, and the job may wait a little
     * @throws Fenced if the side is not in charge in that epoch
     */
    KeptWrite write(Connection connection, Now now, String key, @Nullable T value, boolean atOnce) throws SQLException {
        fence(connection, now);
        long sequence = DualWriteStore.next(connection, name, key);
        cluster(now).side().write(connection, key, value);
        return keep(connection, now, key, new KeptWrite(sequence, now.epoch(), json(now, value)), atOnce);
    }

    /** Keeps what a key has now for the other side, as if it were written again. */
    void repair(Now now, String key) {
        run(now, key, transaction -> {
            Connection connection = transaction.connection();
            fence(connection, now);
            long sequence = DualWriteStore.next(connection, name, key);
            T value = cluster(now).side().read(connection, List.of(key)).get(key);
            return keep(connection, now, key, new KeptWrite(sequence, now.epoch(), json(now, value)), false);
        });
    }

    private KeptWrite run(Now now, String key, TransactionWork<KeptWrite> work) {
        return new BoundedTransactions(cluster(now).queue().dataSource(), true)
                .run(subject(key), TransactionLimits.DEFAULT, ATTEMPTS, work);
    }

    /** One job for all writes of a key that are kept: it starts after the transaction of whoever wanted another. */
    private KeptWrite keep(Connection connection, Now now, String key, KeptWrite write, boolean atOnce)
            throws SQLException {
        DualWriteStore.note(connection, name, key, write);
        NewJob<MirrorKey> job =
                mirrorType.with(new MirrorKey(key)).unique(Uniqueness.whileWaiting(mirrorType.name() + " " + key));
        cluster(now).queue().enqueue(connection, List.of(atOnce ? job.runIn(LEFT_TO_WRITER) : job));
        return write;
    }

    private void fence(Connection connection, Now now) throws SQLException {
        SideState state = DualWriteStore.hold(connection, new Pipeline(), name);
        if (state == null || !state.inCharge() || state.epoch() != now.epoch()) {
            throw new Fenced("dual write " + Checks.quoted(name) + ", cluster "
                    + Checks.quoted(cluster(now).name()) + ": expected it to be in charge in epoch " + now.epoch()
                    + ", was "
                    + (state == null
                            ? "not declared"
                            : (state.inCharge() ? "in charge" : "following") + " in epoch " + state.epoch()));
        }
    }

    private @Nullable String json(Now now, @Nullable T value) {
        return value == null ? null : cluster(now).queue().serializer().write(value);
    }

    private Cluster<T> cluster(Now now) {
        return clusters.get(now.index());
    }

    String subject(String key) {
        return "dual write " + Checks.quoted(name) + " of key " + Checks.quoted(key);
    }
}
