-- Purpose: finds a queue that can be removed, or whose removal was broken off.
-- Rows:    one.
-- Locks:   none.
-- Index:   none needed: one row per queue is read.
-- Parameters: name.
SELECT queue_id FROM penstock.queue
WHERE name = ? AND (removed_at IS NULL OR to_regclass(format('penstock.live_q%s', queue_id)) IS NOT NULL)
ORDER BY removed_at NULLS LAST LIMIT 1
