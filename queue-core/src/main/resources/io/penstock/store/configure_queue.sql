-- Purpose: changes a queue's concurrency budget and what it keeps of ended jobs.
-- Rows:    one.
-- Locks:   the queue's row; enqueuers only read it.
-- Index:   queue_name.
-- Parameters: guarantee, limit, weight, whether the limit is strict, days that completed and failed jobs are kept, name, and the first six again.
UPDATE penstock.queue SET guarantee = ?, concurrency_limit = ?, weight = ?, strict = ?, keep_completed = ?, keep_failed = ?
WHERE name = ? AND removed_at IS NULL
  AND (guarantee, concurrency_limit, weight, strict, keep_completed, keep_failed) IS DISTINCT FROM (?, ?, ?, ?, ?, ?)
