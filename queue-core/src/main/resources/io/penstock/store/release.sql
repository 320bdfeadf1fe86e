-- Purpose: gives jobs back that were claimed and not started: available again at once, their attempt not charged.
-- Rows:    at most the attempts given (Limits.COMPLETION_BATCH).
-- Locks:   the rows of the attempts, in order of id, SKIP LOCKED: one that is held elsewhere falls to its lease.
-- Index:   {partition}_id.
-- Each gets a new position: the old one may lie below somebody's floor.
-- Parameters: ids, generations, attempts, lease tokens, the queue's position sequence.
WITH given AS MATERIALIZED (
    SELECT * FROM unnest(?::uuid[], ?::integer[], ?::integer[], ?::bigint[]) AS g (id, generation, attempt, lease_token)
    ORDER BY g.id
), held AS MATERIALIZED (
    SELECT row.place
    FROM given CROSS JOIN LATERAL (
        SELECT l.ctid AS place FROM {partition} AS l
        WHERE l.id = given.id AND l.generation = given.generation AND l.attempt = given.attempt
          AND l.lease_token = given.lease_token AND l.state = 'running'
        FOR UPDATE SKIP LOCKED) AS row
)
UPDATE {partition}
SET state = 'available', worker_id = NULL, attempt = attempt - 1, position = penstock.draw_position(?::regclass)
WHERE ctid = ANY (ARRAY(SELECT place FROM held))
RETURNING id
