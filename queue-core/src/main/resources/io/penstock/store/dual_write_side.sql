-- Purpose: what this side is at. Believed for as long as the lock of the name is held, if that was taken by a statement before.
-- Rows:    one, or none where the name was not declared.
-- Locks:   none.
-- Index:   dual_write_pkey.
-- Parameters: name.
SELECT epoch, in_charge, comparing, promised FROM penstock.dual_write WHERE name = ?
