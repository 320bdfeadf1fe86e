-- Purpose: lets a paused queue go on.
-- Rows:    one.
-- Locks:   the queue's row; enqueuers only read it.
-- Index:   queue_name.
-- Parameters: name.
UPDATE penstock.queue SET paused_at = NULL, paused_by = NULL, pause_reason = NULL
WHERE name = ? AND removed_at IS NULL AND paused_at IS NOT NULL RETURNING queue_id
