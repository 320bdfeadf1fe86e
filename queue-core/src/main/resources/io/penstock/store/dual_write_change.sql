-- Purpose: puts a side in charge or takes it out, or has it promise an epoch, if it is still as it was seen.
-- Rows:    one, or none.
-- Locks:   the row, under the lock of the name alone.
-- Index:   dual_write_pkey.
-- Parameters: epoch, whether in charge, promised epoch, name, epoch and promised epoch that were seen.
UPDATE penstock.dual_write SET epoch = ?, in_charge = ?, promised = ?, changed_at = penstock.clock()
WHERE name = ? AND epoch = ? AND promised = ?
