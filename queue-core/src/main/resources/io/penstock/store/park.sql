-- Purpose: parks jobs that this transaction has claimed and that may not run now, as if they had not been claimed: their keys have no
--          room, or they are paused.
-- Rows:    at most the jobs given (Limits.CLAIM_BATCH).
-- Locks:   their rows, which the transaction has locked before.
-- Index:   {partition}_id.
-- Attempt and lease token are given back: nobody has seen them. They keep the place that they had in line.
-- A job whose id waits already was enqueued twice by its caller: the two become one.
-- Parameters: ids, lease tokens, the pause or null.
WITH held AS MATERIALIZED (
    SELECT row.place
    FROM unnest(?::uuid[], ?::bigint[]) AS g (id, lease_token) CROSS JOIN LATERAL (
        SELECT l.ctid AS place FROM {partition} AS l
        WHERE l.id = g.id AND l.lease_token = g.lease_token AND l.state = 'running' LIMIT 1) AS row
), gone AS (
    DELETE FROM {partition} WHERE ctid = ANY (ARRAY(SELECT place FROM held)) RETURNING *
)
INSERT INTO penstock.waiting (id, lease_token, due_at, enqueued_at, eligible_at, first_claimed_at, queue_id, generation, attempt,
                              max_attempts, priority, state, type, concurrency_key, idempotency_key, tags, metadata, failures, payload,
                              position, counted, parked_for)
SELECT g.id, g.lease_token - 1, 'infinity', g.enqueued_at, g.eligible_at, CASE WHEN g.lease_token > 1 THEN g.first_claimed_at END,
       g.queue_id, g.generation, g.attempt - 1, g.max_attempts, g.priority, 'parked', g.type, g.concurrency_key, g.idempotency_key,
       g.tags, g.metadata, g.failures, g.payload, g.position, g.counted, ?
FROM gone AS g
ON CONFLICT (id) DO NOTHING
RETURNING id
