-- Purpose: declares a worker lost, if it has not beaten since it was looked at.
-- Rows:    one.
-- Locks:   the worker's row.
-- Index:   worker's primary key.
-- Parameters: worker, heart-beats seen.
UPDATE penstock.worker SET state = 'lost', lost_at = penstock.clock() WHERE worker_id = ? AND state = 'alive' AND heartbeats = ? RETURNING worker_id
