-- Purpose: ends a session, if it is still the one that is meant.
-- Rows:    one, or none.
-- Locks:   none.
-- Index:   none needed: what the server holds in memory is read.
-- Parameters: process, the second of the epoch in which the session began.
SELECT pg_terminate_backend(a.pid) FROM pg_stat_activity AS a WHERE a.pid = ? AND extract(epoch FROM a.backend_start)::bigint = ?
