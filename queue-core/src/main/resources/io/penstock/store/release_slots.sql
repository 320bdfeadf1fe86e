-- Purpose: gives back slots of a strict limit, the highest numbers first, until the worker has no more than it keeps.
-- Rows:    one per slot that is given back.
-- Locks:   those slots; waits for a claim of the same worker that locks them.
-- Index:   slot's primary key.
-- Parameters: queue, worker, how many it keeps.
UPDATE penstock.slot SET worker_id = NULL
WHERE ctid = ANY (ARRAY(
    SELECT s.ctid FROM penstock.slot AS s WHERE s.queue_id = ? AND s.worker_id = ? ORDER BY s.number OFFSET ? FOR UPDATE))
RETURNING number
