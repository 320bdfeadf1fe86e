-- Purpose: whether a lost worker still owns a job of one level of one leaf, locked by somebody or not.
-- Rows:    one.
-- Locks:   none, and none respected: a row that a rescue had to pass by counts.
-- Index:   {partition}_claim (priority, position), between the level's floor and its claim ceiling: no job lies
--          below the one, no running job above the other.
-- Parameters: priority, floor, ceiling, worker.
SELECT EXISTS (
    SELECT FROM {partition} WHERE priority = ? AND position > ? AND position <= ? AND state = 'running' AND worker_id = ?)
