-- Purpose: says that a worker is awake.
-- Rows:    one per queue of the worker.
-- Locks:   the worker's own rows.
-- Index:   none needed: few rows sleep.
-- Parameters: worker, queues.
DELETE FROM penstock.sleeper WHERE worker_id = ? AND queue_id = ANY (?::integer[])
