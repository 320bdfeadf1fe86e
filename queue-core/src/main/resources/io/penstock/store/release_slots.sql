-- Purpose: gives back slots of a strict limit, the highest numbers first, until the worker has no more than it keeps.
-- Rows:    one per slot that is given back.
-- Locks:   those slots, in order of their numbers; waits for a claim of the same worker that locks them.
-- Index:   slot's primary key.
-- The slots that it keeps are told apart first: an OFFSET would lock them as well.
-- Parameters: queue, worker, how many it keeps, queue, worker.
WITH kept AS MATERIALIZED (
    SELECT number FROM penstock.slot WHERE queue_id = ? AND worker_id = ? ORDER BY number LIMIT ?
)
UPDATE penstock.slot SET worker_id = NULL
WHERE ctid = ANY (ARRAY(
    SELECT s.ctid FROM penstock.slot AS s
    WHERE s.queue_id = ? AND s.worker_id = ? AND s.number <> ALL (ARRAY(SELECT number FROM kept))
    ORDER BY s.number FOR UPDATE))
RETURNING number
