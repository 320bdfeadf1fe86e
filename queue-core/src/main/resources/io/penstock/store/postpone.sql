-- Purpose: ends attempts whose jobs run again later: retryable or snoozed. Fenced: each names its attempt and lease token.
-- Rows:    at most the attempts given (Limits.COMPLETION_BATCH).
-- Locks:   the rows of the attempts, in order of id, SKIP LOCKED: one that is held elsewhere is tried again later.
-- Index:   {partition}_id.
-- A snooze gives the attempt back. A job whose cancellation was asked for stays running: the caller looks again and ends it.
-- A job whose id waits already was enqueued twice by its caller: the two become one.
-- A batch may hold a stale attempt of a job beside its current one: the whole attempt is compared, here and below.
-- Parameters: ids, generations, attempts, lease tokens, states, delays in milliseconds; failures of those to be
--             retried, and reasons of those snoozed, as JSON texts.
WITH ended AS MATERIALIZED (
    SELECT DISTINCT ON (e.id, e.generation, e.attempt, e.lease_token) * FROM unnest(?::uuid[], ?::integer[], ?::integer[], ?::bigint[], ?::text[], ?::bigint[], ?::jsonb[])
        AS e (id, generation, attempt, lease_token, state, delay, failure)
    ORDER BY e.id, e.generation, e.attempt, e.lease_token
), held AS MATERIALIZED (
    SELECT row.place
    FROM ended CROSS JOIN LATERAL (
        SELECT l.ctid AS place FROM {partition} AS l
        WHERE l.id = ended.id AND l.generation = ended.generation AND l.attempt = ended.attempt
          AND l.lease_token = ended.lease_token AND l.state = 'running' AND l.cancel_requested_at IS NULL
        FOR UPDATE SKIP LOCKED) AS row
), gone AS (
    DELETE FROM {partition} WHERE ctid = ANY (ARRAY(SELECT place FROM held)) RETURNING *
)
INSERT INTO penstock.waiting (id, lease_token, due_at, enqueued_at, eligible_at, first_claimed_at, queue_id, generation, attempt,
                              max_attempts, priority, state, type, concurrency_key, idempotency_key, tags, metadata, failures, payload,
                              counted, reason)
SELECT g.id, g.lease_token, penstock.clock() + e.delay * interval '1 millisecond', g.enqueued_at, g.eligible_at, g.first_claimed_at,
       g.queue_id, g.generation, CASE WHEN e.state = 'snoozed' THEN g.attempt - 1 ELSE g.attempt END,
       g.max_attempts, g.priority, e.state, g.type, g.concurrency_key, g.idempotency_key, g.tags, g.metadata,
       CASE WHEN e.state = 'snoozed' THEN g.failures ELSE penstock.add_failure(g.failures, e.failure) END, g.payload,
       g.counted, CASE WHEN e.state = 'snoozed' THEN e.failure #>> '{}' END
FROM gone AS g
JOIN ended AS e ON e.id = g.id AND e.generation = g.generation AND e.attempt = g.attempt AND e.lease_token = g.lease_token
ON CONFLICT (id) DO NOTHING
RETURNING id
