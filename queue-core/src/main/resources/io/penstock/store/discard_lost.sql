-- Purpose: ends the jobs of a lost worker that get no further attempt: it was their last, or they are to be cancelled.
-- Rows:    those of one worker in one level of one leaf.
-- Locks:   their rows, SKIP LOCKED: one that is being completed at this moment is left to its completion.
-- Index:   {partition}_claim (priority, position), between the level's floor and its claim ceiling: no job lies
--          below the one, no running job above the other.
-- What its queue keeps for no day is not written. It counts for the objectives that it has to do with, in the same transaction.
-- Parameters: priority, floor, ceiling, worker, failure.
WITH now AS MATERIALIZED (
    SELECT penstock.clock() AS moment
), held AS MATERIALIZED (
    SELECT ctid AS place FROM {partition}
    WHERE priority = ? AND position > ? AND position <= ? AND state = 'running' AND worker_id = ?
      AND (attempt >= max_attempts OR cancel_requested_at IS NOT NULL)
    ORDER BY position
    FOR UPDATE SKIP LOCKED
), gone AS (
    DELETE FROM {partition} WHERE ctid = ANY (ARRAY(SELECT place FROM held)) RETURNING *
), kept AS (
INSERT INTO penstock.finished (id, lease_token, worker_id, enqueued_at, eligible_at, first_claimed_at, claimed_at, finished_at,
                               queue_id, generation, attempt, max_attempts, priority, state, reason, type,
                               concurrency_key, idempotency_key, tags, metadata, failures, payload)
SELECT g.id, g.lease_token, g.worker_id, g.enqueued_at, g.eligible_at, g.first_claimed_at, g.claimed_at, n.moment,
       g.queue_id, g.generation, g.attempt, g.max_attempts, g.priority,
       CASE WHEN g.cancel_requested_at IS NULL THEN 'discarded' ELSE 'cancelled' END,
       CASE WHEN g.cancel_requested_at IS NULL THEN 'its worker was lost during the last attempt'
            ELSE 'its cancellation was asked for while it ran' END, g.type,
       g.concurrency_key, g.idempotency_key, g.tags, g.metadata, penstock.add_failure(g.failures, ?::jsonb), g.payload
FROM gone AS g JOIN penstock.queue AS q ON q.queue_id = g.queue_id CROSS JOIN now AS n
WHERE q.keep_failed > 0
), tallied AS (
INSERT INTO penstock.tally (objective_id, minute, total, good)
SELECT t.objective_id, t.minute, count(*), count(*) FILTER (WHERE t.good)
FROM gone AS g CROSS JOIN now AS n
CROSS JOIN LATERAL penstock.tally_of(g.queue_id, g.type, g.eligible_at, g.first_claimed_at, n.moment,
    CASE WHEN g.cancel_requested_at IS NULL THEN 'discarded' ELSE 'cancelled' END, g.counted) AS t
GROUP BY t.objective_id, t.minute
)
SELECT id FROM gone
