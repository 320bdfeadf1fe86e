-- Purpose: ends a job that is available, because an operator or its maker says so: cancelled or discarded.
-- Rows:    one.
-- Locks:   the job's row.
-- Index:   {partition}_id.
-- What its queue keeps for no day is not written. It counts for the objectives that it has to do with, in the same transaction.
-- Parameters: id, state, reason.
WITH asked AS MATERIALIZED (
    SELECT ?::uuid AS id, ?::text AS state, ?::text AS reason
), now AS MATERIALIZED (
    SELECT penstock.clock() AS moment
), gone AS (
    DELETE FROM {partition} WHERE id = (SELECT id FROM asked) AND state = 'available' RETURNING *
), kept AS (
INSERT INTO penstock.finished (id, lease_token, enqueued_at, eligible_at, first_claimed_at, claimed_at, finished_at, queue_id, generation,
                               attempt, max_attempts, priority, state, reason, type, concurrency_key, idempotency_key, tags, metadata,
                               failures, payload)
SELECT g.id, g.lease_token, g.enqueued_at, g.eligible_at, g.first_claimed_at, g.claimed_at, n.moment, g.queue_id, g.generation,
       g.attempt, g.max_attempts, g.priority, a.state, a.reason, g.type, g.concurrency_key, g.idempotency_key, g.tags, g.metadata, g.failures,
       g.payload
FROM gone AS g JOIN penstock.queue AS q ON q.queue_id = g.queue_id CROSS JOIN now AS n CROSS JOIN asked AS a
WHERE q.keep_failed > 0
), tallied AS (
INSERT INTO penstock.tally (objective_id, minute, total, good)
SELECT t.objective_id, t.minute, count(*), count(*) FILTER (WHERE t.good)
FROM gone AS g CROSS JOIN asked AS a CROSS JOIN now AS n
CROSS JOIN LATERAL penstock.tally_of(g.queue_id, g.type, g.eligible_at, g.first_claimed_at, n.moment, a.state, g.counted) AS t
GROUP BY t.objective_id, t.minute
)
SELECT id FROM gone
