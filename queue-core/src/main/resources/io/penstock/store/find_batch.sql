-- Purpose: how far a batch has come.
-- Rows:    one.
-- Locks:   none.
-- Index:   batch's primary key.
-- Parameters: batch.
SELECT b.batch_id, b.enqueued_at, b.jobs, b.completed, b.discarded, b.cancelled, jsonb_array_length(b.steps),
       b.held_by, b.last_error, b.ended_at
FROM penstock.batch AS b WHERE b.batch_id = ?
