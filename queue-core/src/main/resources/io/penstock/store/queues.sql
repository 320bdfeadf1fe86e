-- Purpose: every queue with its concurrency budget.
-- Rows:    one per queue.
-- Locks:   none.
-- Index:   none needed: one row per queue is read.
SELECT queue_id, name, guarantee, concurrency_limit, weight, write_segment FROM penstock.queue ORDER BY queue_id
