-- Purpose: the highest position drawn so far in each queue, and the time. Must run before the transaction has an id.
-- Rows:    one per queue, and one without a queue for the time.
-- Locks:   none.
-- Index:   none needed: one row per queue is read.
SELECT queue_id, coalesce(pg_sequence_last_value(format('penstock.position_q%s', queue_id)::regclass), 0) FROM penstock.queue
WHERE removed_at IS NULL
UNION ALL
SELECT 0, (extract(epoch FROM penstock.clock()) * 1000000)::bigint
