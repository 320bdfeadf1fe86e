-- Purpose: whoever writes to two databases under this name holds off those who would change which side is in charge, until the transaction ends.
-- Rows:    one.
-- Locks:   an advisory lock of the name, shared.
-- Index:   none needed.
-- Parameters: name.
SELECT pg_advisory_xact_lock_shared(hashtextextended('penstock.dual_write.' || ?, 0))::text
