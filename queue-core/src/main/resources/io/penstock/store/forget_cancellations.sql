-- Purpose: forgets cancellations that the worker has read and acted on long ago.
-- Rows:    those of the worker.
-- Locks:   the rows.
-- Index:   cancellation's primary key.
-- Parameters: worker.
DELETE FROM penstock.cancellation WHERE worker_id = ? AND requested_at < penstock.clock() - interval '1 minute'
