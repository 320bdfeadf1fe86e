-- Purpose: says that the worker lives, and learns which of its attempts are to be cancelled. No row means that it was fenced.
-- Rows:    one.
-- Locks:   the worker's own row.
-- Index:   worker's primary key; cancellation's.
-- Changes no indexed column.
-- Parameters: whether the session lock is held, worker.
UPDATE penstock.worker AS w SET heartbeats = w.heartbeats + 1, heartbeat_at = penstock.clock(), session_lock = ?
WHERE w.worker_id = ? AND w.state = 'alive'
RETURNING ARRAY(SELECT c.job_id FROM penstock.cancellation AS c WHERE c.worker_id = w.worker_id ORDER BY c.job_id),
          ARRAY(SELECT c.lease_token FROM penstock.cancellation AS c WHERE c.worker_id = w.worker_id ORDER BY c.job_id)
