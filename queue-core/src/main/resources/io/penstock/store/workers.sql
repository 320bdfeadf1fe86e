-- Purpose: every worker on the list, and whether its session is gone.
-- Rows:    one per worker.
-- Locks:   for a moment, the free session locks of others, shared, so that two observers do not hide them from each other.
-- Index:   none needed: one row per worker is read.
-- The lock is looked at only where the worker says that it holds one.
-- Parameters: the worker that asks.
SELECT w.worker_id, w.name, w.state, w.heartbeats, extract(epoch FROM w.lease) * 1000,
       CASE WHEN w.session_lock THEN pg_try_advisory_xact_lock_shared(1885693556, w.worker_id::integer) ELSE false END AS session_gone,
       coalesce(extract(epoch FROM penstock.clock() - w.lost_at) * 1000, 0)
FROM penstock.worker AS w
WHERE w.worker_id <> ?
