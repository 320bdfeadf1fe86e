-- Purpose: completes one attempt in the transaction of its handler, with the handler's own effects. Fenced.
-- Rows:    one.
-- Locks:   the job's row; waits for it, under the caller's own lock timeout.
-- Index:   {partition}_id.
-- What its queue keeps for no day is not written.
-- Parameters: id, generation, attempt, lease token.
WITH gone AS (
    DELETE FROM {partition}
    WHERE id = ? AND generation = ? AND attempt = ? AND lease_token = ? AND state = 'running'
    RETURNING *
), kept AS (
INSERT INTO penstock.finished (id, lease_token, worker_id, enqueued_at, eligible_at, first_claimed_at, claimed_at, finished_at,
                               queue_id, generation, attempt, max_attempts, priority, state, type,
                               concurrency_key, idempotency_key, tags, metadata, failures, payload)
SELECT g.id, g.lease_token, g.worker_id, g.enqueued_at, g.eligible_at, g.first_claimed_at, g.claimed_at, penstock.clock(),
       g.queue_id, g.generation, g.attempt, g.max_attempts, g.priority, 'completed', g.type,
       g.concurrency_key, g.idempotency_key, g.tags, g.metadata, g.failures, g.payload
FROM gone AS g JOIN penstock.queue AS q ON q.queue_id = g.queue_id
WHERE q.keep_completed > 0
)
SELECT id FROM gone
