-- Purpose: whether a lost worker still owns a job of one level of one leaf, locked by somebody or not.
-- Rows:    one.
-- Locks:   none, and none respected: a row that a rescue had to pass by counts.
-- Index:   {partition}_claim (priority, position), up to the claim ceiling: no running row lies above it.
-- Parameters: priority, ceiling, worker.
SELECT EXISTS (
    SELECT FROM {partition} WHERE priority = ? AND position > 0 AND position <= ? AND state = 'running' AND worker_id = ?)
