-- Purpose: sets a queue's concurrency budget and what it keeps to what a service declares, unless it has declared that before: what an
--          operator has set since stays.
-- Rows:    one, or none.
-- Locks:   the queue's row; enqueuers only read it.
-- Index:   queue_name.
-- Parameters: guarantee, limit, weight, whether the limit is strict, days that completed and failed jobs are kept, all of that as text, name, the text again.
UPDATE penstock.queue SET guarantee = ?, concurrency_limit = ?, weight = ?, strict = ?, keep_completed = ?, keep_failed = ?, declared = ?
WHERE name = ? AND removed_at IS NULL AND declared IS DISTINCT FROM ?
