-- Purpose: parks what stands next in one leaf's line and belongs to keys that have no room, or is paused, so that other jobs come up.
-- Rows:    one; looks at no more than Limits.PARK_BATCH jobs of each level, and moves those of the keys and types given.
-- Locks:   the rows moved, SKIP LOCKED.
-- Index:   {partition}_claim (priority, position), each level from its own floor; then by place.
-- A job whose id waits already was enqueued twice by its caller: the two become one.
-- Parameters: the floor of each of the four levels, as an array; how many jobs of each level; the keys; the types; the
--             pause or null.
WITH line AS MATERIALIZED (
    SELECT l.place, l.concurrency_key, l.type
    FROM unnest(ARRAY[0, 1, 2, 3]::smallint[], ?::bigint[]) AS level (number, floor) CROSS JOIN LATERAL (
        SELECT l.ctid AS place, l.concurrency_key, l.type FROM {partition} AS l
        WHERE l.priority = level.number AND l.position > level.floor AND l.state = 'available'
        ORDER BY l.position LIMIT ?) AS l
), held AS MATERIALIZED (
    SELECT ctid AS place FROM {partition}
    WHERE ctid = ANY (ARRAY(SELECT l.place FROM line AS l WHERE l.concurrency_key = ANY (?::text[]) OR l.type = ANY (?::text[])))
      AND state = 'available'
    FOR UPDATE SKIP LOCKED
), gone AS (
    DELETE FROM {partition} WHERE ctid = ANY (ARRAY(SELECT place FROM held)) RETURNING *
), parked AS (
INSERT INTO penstock.waiting (id, lease_token, due_at, enqueued_at, eligible_at, first_claimed_at, queue_id, generation, attempt,
                              max_attempts, priority, state, type, concurrency_key, idempotency_key, tags, metadata, failures, payload,
                              position, counted, parked_for)
SELECT g.id, g.lease_token, 'infinity', g.enqueued_at, g.eligible_at, g.first_claimed_at, g.queue_id, g.generation, g.attempt,
       g.max_attempts, g.priority, 'parked', g.type, g.concurrency_key, g.idempotency_key, g.tags, g.metadata, g.failures, g.payload,
       g.position, g.counted, ?
FROM gone AS g
ON CONFLICT (id) DO NOTHING
)
SELECT count(*) FROM gone
