-- Purpose: puts a side in charge or takes it out, with a new epoch, if it is still as it was seen.
-- Rows:    one, or none.
-- Locks:   the row, under the lock of the name alone.
-- Index:   dual_write_pkey.
-- Parameters: new epoch, whether in charge, name, epoch that was seen.
UPDATE penstock.dual_write SET epoch = ?, in_charge = ?, changed_at = penstock.clock() WHERE name = ? AND epoch = ?
