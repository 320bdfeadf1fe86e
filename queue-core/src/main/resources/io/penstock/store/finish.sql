-- Purpose: ends attempts for good that were discarded or cancelled, or completed with a result. Fenced: each names its attempt
--          and lease token.
-- Rows:    at most the attempts given (Limits.COMPLETION_BATCH).
-- Locks:   the rows of the attempts, in order of id, SKIP LOCKED: one that is held elsewhere is tried again later.
-- Index:   {partition}_id.
-- A batch may hold a stale attempt of a job beside its current one: the whole attempt is compared, here and below.
-- What its queue keeps for no day is not written.
-- Parameters: ids, generations, attempts, lease tokens, states, reasons; failures, or results of completed ones.
WITH ended AS MATERIALIZED (
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
SELECT g.id, g.lease_token, g.worker_id, g.enqueued_at, g.eligible_at, g.first_claimed_at, g.claimed_at, penstock.clock(),
       g.queue_id, g.generation, g.attempt, g.max_attempts, g.priority, e.state, e.reason, g.type,
       g.concurrency_key, g.idempotency_key, g.tags, g.metadata,
       penstock.add_failure(g.failures, CASE WHEN e.state <> 'completed' THEN e.detail END), g.payload,
       CASE WHEN e.state = 'completed' THEN e.detail END
FROM gone AS g
JOIN ended AS e ON e.id = g.id AND e.generation = g.generation AND e.attempt = g.attempt AND e.lease_token = g.lease_token
JOIN penstock.queue AS q ON q.queue_id = g.queue_id
WHERE CASE e.state WHEN 'completed' THEN q.keep_completed ELSE q.keep_failed END > 0
)
SELECT id FROM gone
