-- Purpose: says that the worker lives. No row means that it was fenced.
-- Rows:    one.
-- Locks:   the worker's own row.
-- Index:   worker's primary key.
-- Changes no indexed column.
-- Parameters: whether the session lock is held, worker.
UPDATE penstock.worker SET heartbeats = heartbeats + 1, heartbeat_at = penstock.clock(), session_lock = ?
WHERE worker_id = ? AND state = 'alive' RETURNING heartbeats
