-- Purpose: the highest position drawn so far in each queue. Must run before the transaction has an id.
-- Rows:    one per queue.
-- Locks:   none.
-- Index:   none needed: one row per queue is read.
SELECT queue_id, coalesce(pg_sequence_last_value(format('penstock.position_q%s', queue_id)::regclass), 0) FROM penstock.queue
