-- Purpose: a page of the keys of which writes are kept for the other side, with the number of the last of each.
-- Rows:    up to the number given.
-- Locks:   none.
-- Index:   dual_write_op_pkey.
-- Parameters: name, key before the page, number.
SELECT key, max(sequence) FROM penstock.dual_write_op WHERE name = ? AND key > ? GROUP BY key ORDER BY key LIMIT ?
