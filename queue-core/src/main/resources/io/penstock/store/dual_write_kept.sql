-- Purpose: the first writes of a key that are kept for the other side, in their order.
-- Rows:    up to the number given.
-- Locks:   none.
-- Index:   dual_write_op_pkey.
-- Parameters: name, key, number.
SELECT sequence, epoch, value FROM penstock.dual_write_op WHERE name = ? AND key = ? ORDER BY sequence LIMIT ?
