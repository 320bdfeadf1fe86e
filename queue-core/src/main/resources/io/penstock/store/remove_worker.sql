-- Purpose: takes a worker off the list that has nothing left to lose.
-- Rows:    one.
-- Locks:   the worker's row.
-- Index:   worker's primary key.
-- Parameters: worker.
DELETE FROM penstock.worker WHERE worker_id = ?
