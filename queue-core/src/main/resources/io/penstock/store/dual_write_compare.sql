-- Purpose: has reads ask both sides, or no longer.
-- Rows:    one, or none.
-- Locks:   the row, under the lock of the name alone.
-- Index:   dual_write_pkey.
-- Parameters: whether they do, name.
UPDATE penstock.dual_write SET comparing = ?, changed_at = penstock.clock() WHERE name = ?
