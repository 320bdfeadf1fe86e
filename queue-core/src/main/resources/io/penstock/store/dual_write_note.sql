-- Purpose: keeps a write for the other side, on the side in charge.
-- Rows:    one.
-- Locks:   none; who writes holds the row of the key.
-- Index:   dual_write_op_pkey.
-- Parameters: name, key, sequence, epoch, value.
INSERT INTO penstock.dual_write_op (name, key, sequence, epoch, value) VALUES (?, ?, ?, ?, ?)
