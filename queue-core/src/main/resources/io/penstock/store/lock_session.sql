-- Purpose: ties the worker to its session: when the process dies, the server frees the lock at once.
-- Rows:    one.
-- Locks:   the session's advisory lock of this worker.
-- Index:   none needed.
-- Parameters: worker.
SELECT pg_try_advisory_lock(1885693556, ?::bigint::integer)
