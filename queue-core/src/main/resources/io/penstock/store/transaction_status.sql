-- Purpose: what became of a transaction whose commit was not answered.
-- Rows:    one.
-- Locks:   none.
-- Index:   none needed.
-- Parameters: transaction id.
SELECT pg_xact_status(?::xid8)
