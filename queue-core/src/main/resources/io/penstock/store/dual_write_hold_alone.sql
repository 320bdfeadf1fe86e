-- Purpose: waits for those who write under this name and holds off those who would, until the transaction ends.
-- Rows:    one.
-- Locks:   an advisory lock of the name, alone.
-- Index:   none needed.
-- Parameters: name.
SELECT pg_advisory_xact_lock(hashtextextended('penstock.dual_write.' || ?, 0))::text
