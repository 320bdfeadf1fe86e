-- Purpose: every queue with its concurrency budget and the segment that enqueuers write to.
-- Rows:    one per queue.
-- Locks:   none.
-- Index:   none needed: one row per queue is read.
SELECT queue_id, name, guarantee, concurrency_limit, weight, strict, lending, write_segment, segment_since FROM penstock.queue WHERE removed_at IS NULL ORDER BY queue_id
