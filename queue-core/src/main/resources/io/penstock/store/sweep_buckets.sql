-- Purpose: forgets buckets of a queue's keys that are full again.
-- Rows:    one; removes no more than the number given.
-- Locks:   the rows removed, SKIP LOCKED: others sweep too.
-- Index:   bucket_full_at (queue_id, full_at).
-- Parameters: queue, the number.
WITH spent AS MATERIALIZED (
    SELECT b.ctid AS place FROM penstock.bucket AS b
    WHERE b.queue_id = ? AND b.full_at < (SELECT penstock.clock()) AND b.concurrency_key <> ''
    ORDER BY b.full_at LIMIT ? FOR UPDATE SKIP LOCKED
), gone AS (
    DELETE FROM penstock.bucket WHERE ctid = ANY (ARRAY(SELECT place FROM spent)) RETURNING queue_id
)
SELECT count(*) FROM gone
