-- Purpose: forgets the writes of a key that the other side has.
-- Rows:    as many as it has got since the last time.
-- Locks:   those rows.
-- Index:   dual_write_op_pkey.
-- Parameters: name, key, sequence.
DELETE FROM penstock.dual_write_op WHERE name = ? AND key = ? AND sequence <= ?
