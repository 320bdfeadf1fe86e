-- Purpose: how far a job had come.
-- Rows:    one.
-- Locks:   none.
-- Index:   checkpoint's primary key.
-- Parameters: id, generation.
SELECT state::text FROM penstock.checkpoint WHERE job_id = ? AND generation = ?
