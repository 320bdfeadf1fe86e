package io.penstock.dualwrite;

import io.penstock.dualwrite.Mirror.Result;
import io.penstock.handler.JobContext;
import io.penstock.handler.JobHandler;
import io.penstock.job.Checks;
import io.penstock.job.Outcome;
import io.penstock.store.DualWriteStore;
import io.penstock.transaction.TransactionLimits;
import java.sql.SQLException;
import java.time.Duration;

/** Makes writes on the other side that were not made at once; finds, most of the time, that they were. */
final class MirrorHandler<T extends Record> implements JobHandler<MirrorWrite> {

    private static final Duration LATER = Duration.ofMillis(200);

    /** After so long the write before is taken for lost, such as cancelled by somebody, and this one stands for both. */
    private static final double GAP_SECONDS = 60;

    private final Mirror<T> mirror;
    private final Charge<T> charge;
    private final int index;
    private final DualWriteMetrics metrics;

    MirrorHandler(Mirror<T> mirror, Charge<T> charge, int index, DualWriteMetrics metrics) {
        this.mirror = mirror;
        this.charge = charge;
        this.index = index;
        this.metrics = metrics;
    }

    @Override
    public Outcome handle(JobContext<MirrorWrite> context) throws SQLException {
        MirrorWrite write = context.payload();
        try {
            Result result = mirror.apply(TransactionLimits.DEFAULT, write);
            if (result == Result.GAP) {
                if (waited(context) < GAP_SECONDS) {
                    return Outcome.snoozed(LATER, "a write of its key before it is not mirrored yet");
                }
                mirror.apply(TransactionLimits.DEFAULT, write.asWhole());
                metrics.mirrored("over-gap");
            } else if (result == Result.APPLIED) {
                metrics.mirrored("job");
            }
            return Outcome.completed();
        } catch (Fenced fenced) {
            return Outcome.discarded(
                    Checks.ofLength("reason", String.valueOf(fenced.getMessage()), 1, Integer.MAX_VALUE));
        }
    }

    private double waited(JobContext<MirrorWrite> context) {
        return charge.transact(index, connection -> DualWriteStore.secondsSince(connection, context.eligibleAt()));
    }
}
