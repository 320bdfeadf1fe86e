-- Purpose: lets a queue take no more jobs, because it is to be removed, or take them again.
-- Rows:    one.
-- Locks:   the queue's row.
-- Index:   queue's primary key.
-- Parameters: whether it is to be removed, queue.
UPDATE penstock.queue SET removed_at = CASE WHEN ? THEN penstock.clock() END WHERE queue_id = ? RETURNING queue_id
