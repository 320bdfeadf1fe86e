-- Purpose: which of some queues has a job live, or else whether it waits, and for which queue.
-- Rows:    one.
-- Locks:   none; waits 50 ms for a table that is locked, and goes on without it.
-- Index:   waiting's primary key, the (id) index of each leaf of the queues given.
-- Parameters: id, queues.
SELECT penstock.queue_of(?, ?::integer[])
