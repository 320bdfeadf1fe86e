-- Purpose: changes a queue's concurrency budget.
-- Rows:    one.
-- Locks:   the queue's row; enqueuers only read it.
-- Index:   queue's unique name.
-- Parameters: guarantee, limit, weight, name, guarantee, limit, weight.
UPDATE penstock.queue SET guarantee = ?, concurrency_limit = ?, weight = ?
WHERE name = ? AND (guarantee, concurrency_limit, weight) IS DISTINCT FROM (?, ?, ?)
