-- Purpose: completes one attempt in the transaction of its handler, with the handler's own effects. Fenced.
-- Rows:    one.
-- Locks:   the job's row; waits for it, under the caller's own lock timeout.
-- Index:   {partition}_id.
-- What its queue keeps for no day is not written. It counts for the objectives that it has to do with, in the same transaction.
-- Parameters: id, generation, attempt, lease token.
WITH now AS MATERIALIZED (
    SELECT penstock.clock() AS moment
), gone AS (
    DELETE FROM {partition}
    WHERE id = ? AND generation = ? AND attempt = ? AND lease_token = ? AND state = 'running'
    RETURNING *
), kept AS (
INSERT INTO penstock.finished (id, lease_token, worker_id, enqueued_at, eligible_at, first_claimed_at, claimed_at, finished_at,
                               queue_id, generation, attempt, max_attempts, priority, state, type,
                               concurrency_key, idempotency_key, tags, metadata, failures, payload)
SELECT g.id, g.lease_token, g.worker_id, g.enqueued_at, g.eligible_at, g.first_claimed_at, g.claimed_at, n.moment,
       g.queue_id, g.generation, g.attempt, g.max_attempts, g.priority, 'completed', g.type,
       g.concurrency_key, g.idempotency_key, g.tags, g.metadata, g.failures, g.payload
FROM gone AS g JOIN penstock.queue AS q ON q.queue_id = g.queue_id CROSS JOIN now AS n
WHERE q.keep_completed > 0
), tallied AS (
INSERT INTO penstock.tally (objective_id, minute, total, good)
SELECT t.objective_id, t.minute, count(*), count(*) FILTER (WHERE t.good)
FROM gone AS g CROSS JOIN now AS n
CROSS JOIN LATERAL penstock.tally_of(g.queue_id, g.type, g.eligible_at, g.first_claimed_at, n.moment, 'completed', g.counted) AS t
GROUP BY t.objective_id, t.minute
)
SELECT id FROM gone
