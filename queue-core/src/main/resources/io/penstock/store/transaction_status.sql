-- Purpose: what became of a transaction whose commit was not answered, and whether a job of it is there.
-- Rows:    one.
-- Locks:   none.
-- Index:   the (id) index of every leaf and day: for a lost answer, not for a loop.
-- Parameters: transaction id, queue, job.
SELECT pg_xact_status(?::xid8), penstock.is_enqueued(?, ?)
