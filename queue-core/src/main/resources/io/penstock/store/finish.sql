-- Purpose: ends attempts for good that were discarded or cancelled, or completed with a result. Fenced: each names its attempt
--          and lease token.
-- Rows:    at most the attempts given (Limits.COMPLETION_BATCH).
-- Locks:   the rows of the attempts, in order of id, SKIP LOCKED: one that is held elsewhere is tried again later.
-- Index:   {partition}_id.
-- A batch may hold a stale attempt of a job beside its current one: the whole attempt is compared, here and below.
-- What its queue keeps for no day is not written. It counts for the objectives that it has to do with, in the same transaction.
-- Parameters: ids, generations, attempts, lease tokens, states, reasons; failures, or results of completed ones.
WITH now AS MATERIALIZED (
    SELECT penstock.clock() AS moment
), ended AS MATERIALIZED (
    SELECT DISTINCT ON (e.id, e.generation, e.attempt, e.lease_token) * FROM unnest(?::uuid[], ?::integer[], ?::integer[], ?::bigint[], ?::text[], ?::text[], ?::jsonb[])
        AS e (id, generation, attempt, lease_token, state, reason, detail)
    ORDER BY e.id, e.generation, e.attempt, e.lease_token
), held AS MATERIALIZED (
    SELECT row.place
    FROM ended CROSS JOIN LATERAL (
        SELECT l.ctid AS place FROM {partition} AS l
        WHERE l.id = ended.id AND l.generation = ended.generation AND l.attempt = ended.attempt
          AND l.lease_token = ended.lease_token AND l.state = 'running'
        FOR UPDATE SKIP LOCKED) AS row
), gone AS (
    DELETE FROM {partition} WHERE ctid = ANY (ARRAY(SELECT place FROM held)) RETURNING *
), kept AS (
INSERT INTO penstock.finished (id, lease_token, worker_id, enqueued_at, eligible_at, first_claimed_at, claimed_at, finished_at,
                               queue_id, generation, attempt, max_attempts, priority, state, reason, type,
                               concurrency_key, idempotency_key, tags, metadata, failures, payload, result)
SELECT g.id, g.lease_token, g.worker_id, g.enqueued_at, g.eligible_at, g.first_claimed_at, g.claimed_at, n.moment,
       g.queue_id, g.generation, g.attempt, g.max_attempts, g.priority, e.state, e.reason, g.type,
       g.concurrency_key, g.idempotency_key, g.tags, g.metadata,
       penstock.add_failure(g.failures, CASE WHEN e.state <> 'completed' THEN e.detail END), g.payload,
       CASE WHEN e.state = 'completed' THEN e.detail END
FROM gone AS g
JOIN ended AS e ON e.id = g.id AND e.generation = g.generation AND e.attempt = g.attempt AND e.lease_token = g.lease_token
JOIN penstock.queue AS q ON q.queue_id = g.queue_id CROSS JOIN now AS n
WHERE CASE e.state WHEN 'completed' THEN q.keep_completed ELSE q.keep_failed END > 0
), proven AS (
INSERT INTO penstock.proof (objective_id, proven_at, evidence)
SELECT o.objective_id, n.moment, jsonb_build_object(o.evidence, e.detail -> o.evidence)
FROM gone AS g
JOIN ended AS e ON e.id = g.id AND e.generation = g.generation AND e.attempt = g.attempt AND e.lease_token = g.lease_token
JOIN penstock.objective AS o ON o.queue_id = g.queue_id AND o.kind = 'freshness' AND o.type = g.type
CROSS JOIN now AS n
WHERE e.state = 'completed' AND penstock.proves(e.detail, o.evidence, o.minimum)
), tallied AS (
INSERT INTO penstock.tally (objective_id, minute, total, good)
SELECT t.objective_id, t.minute, count(*), count(*) FILTER (WHERE t.good)
FROM gone AS g
JOIN ended AS e ON e.id = g.id AND e.generation = g.generation AND e.attempt = g.attempt AND e.lease_token = g.lease_token
CROSS JOIN now AS n
CROSS JOIN LATERAL penstock.tally_of(g.queue_id, g.type, g.eligible_at, g.first_claimed_at, n.moment, e.state, g.counted) AS t
GROUP BY t.objective_id, t.minute
)
SELECT id FROM gone
