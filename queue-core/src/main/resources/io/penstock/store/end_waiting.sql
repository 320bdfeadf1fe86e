-- Purpose: ends a job that waits, because an operator or its maker says so: cancelled or discarded.
-- Rows:    one.
-- Locks:   the job's row.
-- Index:   waiting's primary key.
-- What its queue keeps for no day is not written.
-- Parameters: id, state, reason.
WITH gone AS (DELETE FROM penstock.waiting WHERE id = ? RETURNING *), kept AS (
INSERT INTO penstock.finished (id, lease_token, enqueued_at, eligible_at, first_claimed_at, finished_at, queue_id, generation, attempt,
                               max_attempts, priority, state, reason, type, concurrency_key, idempotency_key, tags, metadata, failures, payload)
SELECT g.id, g.lease_token, g.enqueued_at, g.eligible_at, g.first_claimed_at, penstock.clock(), g.queue_id, g.generation, g.attempt,
       g.max_attempts, g.priority, ?, ?, g.type, g.concurrency_key, g.idempotency_key, g.tags, g.metadata, g.failures, g.payload
FROM gone AS g JOIN penstock.queue AS q ON q.queue_id = g.queue_id
WHERE q.keep_failed > 0
)
SELECT id FROM gone
