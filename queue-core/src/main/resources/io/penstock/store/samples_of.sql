-- Purpose: what a queue was at in the last two minutes, and the moments, in microseconds of the epoch, in their order: for who enqueues.
-- Rows:    at most one a second.
-- Locks:   none.
-- Index:   sample_of_queue (queue_id, at), in the function.
-- Parameters: the queue's name.
SELECT queue_id, (extract(epoch FROM at) * 1000000)::bigint, drawn, depth, head_age FROM penstock.recent_samples(?)
