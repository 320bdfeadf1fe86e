-- Purpose: takes a worker off the list that has nothing left to lose, and with it what it said of sleeping.
-- Rows:    one, and one per queue that it slept for.
-- Locks:   the worker's rows.
-- Index:   worker's primary key; none needed for sleepers, of which there are few.
-- Parameters: worker, worker.
WITH awake AS (DELETE FROM penstock.sleeper WHERE worker_id = ?)
DELETE FROM penstock.worker WHERE worker_id = ?
