-- Purpose: notes why a tick could not be made; answers whether that is news.
-- Rows:    one.
-- Locks:   the schedule's row, SKIP LOCKED.
-- Index:   schedule's primary key.
-- Parameters: id, revision, the tick at which it was seen, the error, milliseconds until it is tried again.
SELECT penstock.fail_schedule(?, ?, ?::timestamptz, ?, ? * interval '1 millisecond')
