-- Purpose: renames a queue.
-- Rows:    one.
-- Locks:   the queue's row; enqueuers only read it, except those that have just used an idempotency key.
-- Index:   queue_name.
-- Parameters: new name, name.
UPDATE penstock.queue SET name = ? WHERE name = ? AND removed_at IS NULL RETURNING queue_id
