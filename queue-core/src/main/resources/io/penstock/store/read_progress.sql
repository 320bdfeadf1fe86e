-- Purpose: how far a job has come, as its handler said last.
-- Rows:    at most one.
-- Locks:   none.
-- Index:   progress's primary key.
-- Parameters: id.
SELECT p.done, p.total, p.note, p.written_at FROM penstock.progress AS p WHERE p.job_id = ? ORDER BY p.generation DESC LIMIT 1
