-- Purpose: completes attempts: what most of them come to, so it has a statement of its own, with half of the parameters of
--          finish.sql and without its join. Fenced: each names its attempt and lease token.
-- Rows:    at most the attempts given (Limits.COMPLETION_BATCH).
-- Locks:   the rows of the attempts, in order of id, SKIP LOCKED: one that is held elsewhere is tried again later.
-- Index:   {partition}_id.
-- What its queue keeps for no day is not written. It counts for the objectives that it has to do with, in the same transaction.
-- Parameters: ids, generations, attempts, lease tokens.
WITH now AS MATERIALIZED (
    SELECT penstock.clock() AS moment
), given AS MATERIALIZED (
    SELECT * FROM unnest(?::uuid[], ?::integer[], ?::integer[], ?::bigint[]) AS g (id, generation, attempt, lease_token)
    ORDER BY g.id
), held AS MATERIALIZED (
    SELECT row.place
    FROM given CROSS JOIN LATERAL (
        SELECT l.ctid AS place FROM {partition} AS l
        WHERE l.id = given.id AND l.generation = given.generation AND l.attempt = given.attempt
          AND l.lease_token = given.lease_token AND l.state = 'running'
        FOR UPDATE SKIP LOCKED) AS row
), gone AS (
    DELETE FROM {partition} WHERE ctid = ANY (ARRAY(SELECT place FROM held)) RETURNING *
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
