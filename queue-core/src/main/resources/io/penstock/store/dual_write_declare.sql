-- Purpose: makes a side, unless it is there.
-- Rows:    one, or none.
-- Locks:   none.
-- Index:   dual_write_pkey.
-- Parameters: name, whether it is in charge.
INSERT INTO penstock.dual_write (name, epoch, in_charge, changed_at) VALUES (?, 1, ?, penstock.clock()) ON CONFLICT (name) DO NOTHING
