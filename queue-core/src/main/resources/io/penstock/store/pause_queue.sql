-- Purpose: holds a queue back. One that is paused already keeps the moment and the name of the first.
-- Rows:    one.
-- Locks:   the queue's row; enqueuers only read it.
-- Index:   queue_name.
-- Parameters: who, why, name.
UPDATE penstock.queue SET paused_at = penstock.clock(), paused_by = ?, pause_reason = ?
WHERE name = ? AND removed_at IS NULL AND paused_at IS NULL RETURNING queue_id
