package io.penstock.dualwrite;

import io.penstock.dualwrite.Flights.Flight;
import io.penstock.handler.JobContext;
import io.penstock.handler.JobHandler;
import io.penstock.job.Outcome;
import io.penstock.transaction.TransactionLimits;
import java.sql.SQLException;

/** Brings the other side what was not brought at once; finds, most of the time, that it was. */
final class MirrorHandler<T extends Record> implements JobHandler<MirrorKey> {

    private final Outbox<T> outbox;
    private final Flights flights;
    private final DualWriteMetrics metrics;

    MirrorHandler(Outbox<T> outbox, Flights flights, DualWriteMetrics metrics) {
        this.outbox = outbox;
        this.flights = flights;
        this.metrics = metrics;
    }

    @Override
    public Outcome handle(JobContext<MirrorKey> context) throws SQLException {
        String key = context.payload().key();
        try (Flight turn = flights.enter(key)) {
            bring(key);
            metrics.brought();
            return Outcome.completed();
        } catch (Fenced fenced) {
            return Outcome.discarded(String.valueOf(fenced.getMessage()));
        }
    }

    /** What is left of an epoch before the last switch is there already; only what is not may be refused for good. */
    private void bring(String key) throws SQLException {
        try {
            outbox.bring(TransactionLimits.DEFAULT, key);
        } catch (Fenced fenced) {
            if (outbox.forgetKnown(TransactionLimits.DEFAULT, key)) {
                outbox.bring(TransactionLimits.DEFAULT, key);
            }
        }
    }
}
