-- Purpose: draws the number of a write, on the side in charge. Writes of one key follow each other, as each holds the row until it ends.
-- Rows:    one.
-- Locks:   the row of the key.
-- Index:   dual_write_key_pkey.
-- Parameters: name, key.
INSERT INTO penstock.dual_write_key AS k (name, key, sequence, written_at) VALUES (?, ?, 1, penstock.clock())
ON CONFLICT (name, key) DO UPDATE SET sequence = k.sequence + 1, written_at = excluded.written_at
RETURNING k.sequence
