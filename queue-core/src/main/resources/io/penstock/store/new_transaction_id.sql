-- Purpose: an id later than that of every transaction which had drawn a position when watch.sql was read.
-- Rows:    one.
-- Locks:   none.
-- Index:   none needed.
SELECT pg_current_xact_id()::text
