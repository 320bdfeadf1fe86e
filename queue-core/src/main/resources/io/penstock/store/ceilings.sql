-- Purpose: the claim ceilings of one queue, by level.
-- Rows:    four.
-- Locks:   none.
-- Index:   claim_ceiling's primary key.
-- Parameters: queue.
SELECT priority, ceiling FROM penstock.claim_ceiling WHERE queue_id = ? ORDER BY priority
