package io.penstock.operate;

import io.penstock.database.Session;
import io.penstock.error.ContentionException;
import io.penstock.store.JobStore;
import io.penstock.store.JobStore.FoundJob;
import io.penstock.store.QueueStore;
import io.penstock.store.QueueStore.StoredQueue;
import io.penstock.transaction.TransactionLimits;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Finds a job by nothing but its id. Two rooms have an index for that. In the third, "live", each queue has tables of its own,
 * and a statement that names the parent plans and locks them all: with two hundred queues that takes a quarter of a second, and
 * sixteen at once take longer than a statement may. So queues are walked, some in each transaction.
 *
 * <p>A job moves meanwhile: it may become live in a queue that was passed, out of the room that was looked at before. Each step
 * therefore looks into "waiting" in the same snapshot, and the last look is at what has ended: wherever the job was when the
 * walk came by its queue, one of them sees it. What is found is read once more, in all rooms of its queue at one moment.
 */
record JobLookup(Transactions transactions) {

    /** Three leaves and their six indexes each: with sixteen, the locks of one transaction stay within a few hundred. */
    private static final int QUEUES_AT_ONCE = 16;

    Optional<FoundJob> find(UUID jobId) {
        return transactions.inSession("job " + jobId, TransactionLimits.DEFAULT, session -> find(session, jobId));
    }

    /** As {@link #find(Session, UUID)}, for a caller who knows in which queue it was a moment ago; 0 is for one who does not. */
    static Optional<FoundJob> find(Session session, UUID jobId, int likelyQueueId) throws SQLException {
        if (likelyQueueId > 0) {
            OffsetDateTime earliest = JobStore.earliestEnd(jobId);
            Optional<FoundJob> found =
                    session.inTransaction(connection -> JobStore.find(connection, likelyQueueId, jobId, earliest));
            if (found.isPresent()) {
                return found;
            }
        }
        return find(session, jobId);
    }

    static Optional<FoundJob> find(Session session, UUID jobId) throws SQLException {
        OffsetDateTime earliest = JobStore.earliestEnd(jobId);
        Optional<FoundJob> found = notLive(session, jobId, earliest);
        if (found.isPresent()) {
            return found;
        }
        int queueId = walk(session, jobId);
        if (queueId > 0) {
            found = session.inTransaction(connection -> JobStore.find(connection, queueId, jobId, earliest));
            if (found.isPresent()) {
                return found;
            }
        }
        found = notLive(session, jobId, JobStore.EVER);
        if (found.isEmpty() && queueId < 0) {
            throw new ContentionException(
                    "job " + jobId + ": expected to look into the tables of every queue, some were locked; try again");
        }
        return found;
    }

    /** What ended may have been run again since: then its newest generation is in its queue. */
    private static Optional<FoundJob> notLive(Session session, UUID jobId, OffsetDateTime earliest)
            throws SQLException {
        Optional<FoundJob> found =
                session.inTransaction(connection -> JobStore.findNotLive(connection, jobId, earliest));
        if (found.isEmpty()
                || !found.get().job().state().terminal()
                || !found.get().hasTables()) {
            return found;
        }
        int queueId = found.get().queueId();
        return session.inTransaction(connection -> JobStore.find(connection, queueId, jobId, earliest))
                .or(() -> found);
    }

    private static int walk(Session session, UUID jobId) throws SQLException {
        List<Integer> queues = session.inTransaction(QueueStore::all).stream()
                .map(StoredQueue::queueId)
                .toList();
        int answer = 0;
        for (int first = 0; first < queues.size(); first += QUEUES_AT_ONCE) {
            List<Integer> some = queues.subList(first, Math.min(queues.size(), first + QUEUES_AT_ONCE));
            int found = session.inTransaction(connection -> JobStore.queueOf(connection, jobId, some));
            if (found > 0) {
                return found;
            }
            answer = Math.min(answer, found);
        }
        return answer;
    }
}
