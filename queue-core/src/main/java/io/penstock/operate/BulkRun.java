package io.penstock.operate;

import io.penstock.error.RefusedException;
import io.penstock.job.JobRow;
import io.penstock.store.QueueStore;
import io.penstock.store.QueueStore.StoredQueue;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** One change by filter under way: each job in a transaction of its own, no faster than it was told. */
final class BulkRun {

    private static final long TOLD_EVERY = Duration.ofSeconds(1).toNanos();

    private final Transactions transactions;
    private final JobChanges changes;
    private final BulkChange change;
    private final long begun = System.nanoTime();
    private long matched;
    private long changed;
    private long skipped;
    private long told = begun;
    private boolean cut;
    private Map<String, Integer> queueIds = Map.of();

    BulkRun(Transactions transactions, JobChanges changes, BulkChange change) {
        this.transactions = transactions;
        this.changes = changes;
        this.change = change;
    }

    BulkResult run() {
        queueIds = transactions.transact("queues", QueueStore::all).stream()
                .collect(Collectors.toMap(StoredQueue::name, StoredQueue::queueId));
        JobWalk walk = new JobWalk(transactions, change.filter(), null, Long.MAX_VALUE);
        String partial = walk.each("jobs by filter", this::meet);
        return result(cut ? "stopped at " + change.most() + " jobs, there are more" : partial);
    }

    /** Answers whether to go on. */
    private boolean meet(JobRow row) {
        if (changed == change.most() || (change.dryRun() && matched == change.most())) {
            cut = true;
            return false;
        }
        matched++;
        if (!change.dryRun()) {
            if (apply(row)) {
                changed++;
                keepPace();
            } else {
                skipped++;
            }
        }
        if (System.nanoTime() - told > TOLD_EVERY) {
            told = System.nanoTime();
            change.progress().accept(result(null));
        }
        return true;
    }

    private boolean apply(JobRow row) {
        try {
            return Transactions.again("job " + row.id(), () -> change(row));
        } catch (RefusedException runsOrEnded) {
            return false; // it was met in a state that allows the change, and is in another now
        }
    }

    private boolean change(JobRow row) {
        int queueId = queueIds.getOrDefault(row.queue(), 0);
        return switch (change.kind()) {
            case RETRY ->
                transactions.transact(
                                "retry of job " + row.id(),
                                connection -> changes.retry(connection, row.id(), row.generation(), change.edit()))
                        > 0;
            case CANCEL -> changes.cancel(row.id(), queueId, Objects.requireNonNull(change.reason()));
            case DISCARD -> changes.discard(row.id(), queueId, Objects.requireNonNull(change.reason()));
            case EDIT -> changes.edit(row.id(), queueId, change.edit()) > 0;
        };
    }

    private void keepPace() {
        long due = begun + changed * Duration.ofSeconds(1).toNanos() / change.perSecond();
        for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    private BulkResult result(@Nullable String partial) {
        return new BulkResult(matched, changed, skipped, partial);
    }
}
