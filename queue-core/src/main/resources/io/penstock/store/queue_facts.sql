-- Purpose: the segment that enqueuers write to; the queue's limit per concurrency key, null if it never had one; whether it has a rate, and
--          its keys have; its ageing in milliseconds, or null; and of which types and keys the jobs are paused, null if of none.
-- Rows:    one.
-- Locks:   none.
-- Index:   queue's primary key, pause's primary key.
-- Parameters: queue.
SELECT q.write_segment, q.per_key, q.rate IS NOT NULL, q.key_rate IS NOT NULL, q.ageing, (
    SELECT array_agg(p.subject) FROM penstock.pause AS p
    WHERE p.queue_id = q.queue_id AND p.subject <> 'queue' AND p.until > penstock.clock())
FROM penstock.queue AS q WHERE q.queue_id = ?
