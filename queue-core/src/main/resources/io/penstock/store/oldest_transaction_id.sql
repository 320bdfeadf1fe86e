-- Purpose: the oldest transaction id still in progress: all before it are settled, their rows visible or gone.
-- Rows:    one.
-- Locks:   none.
-- Index:   none needed.
SELECT pg_snapshot_xmin(pg_current_snapshot())::text
