-- Purpose: lets one operator at a time act on a job, until the transaction ends.
-- Rows:    one.
-- Locks:   an advisory lock of the job, which only operators take.
-- Index:   none needed.
-- A statement of its own: what follows must look with a snapshot that is taken after the lock.
-- Parameters: id.
SELECT pg_advisory_xact_lock(hashtextextended('penstock.job ' || ?::uuid::text, 0))
