-- Purpose: how many seconds ago something was, by the clock of this database.
-- Rows:    one.
-- Locks:   none.
-- Index:   none needed.
-- Parameters: moment.
SELECT extract(epoch FROM penstock.clock() - ?::timestamptz)::float8
