-- Purpose: how many slots of a strict limit a worker has. Until the transaction ends, nobody takes them for others, though the worker be
--          lost meanwhile.
-- Rows:    one; reads one per slot of the worker.
-- Locks:   the worker's slots of the queue, shared, in order of their numbers.
-- Index:   slot's primary key.
-- Parameters: queue, worker.
WITH mine AS MATERIALIZED (SELECT FROM penstock.slot WHERE queue_id = ? AND worker_id = ? ORDER BY number FOR SHARE)
SELECT count(*) FROM mine
