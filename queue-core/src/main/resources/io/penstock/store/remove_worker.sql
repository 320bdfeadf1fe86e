-- Purpose: takes a worker off the list that has nothing left to lose, and with it what it said of sleeping and what it was asked.
-- Rows:    two, one per queue that it slept for, and one per attempt of its that was to be cancelled.
-- Locks:   the worker's rows.
-- Index:   worker's primary key; cancellation's; none needed for sleepers, of which there are few.
-- Parameters: worker, four times.
WITH awake AS (DELETE FROM penstock.sleeper WHERE worker_id = ?),
     asked AS (DELETE FROM penstock.cancellation WHERE worker_id = ?),
     brought AS (DELETE FROM penstock.member WHERE worker_id = ?)
DELETE FROM penstock.worker WHERE worker_id = ?
