-- Purpose: takes note that a write is made on the side that follows, if it is the next of its key, or any later one where gaps may be passed over.
-- Rows:    one, or none where it is there already or one before it is missing.
-- Locks:   the row of the key.
-- Index:   dual_write_key_pkey.
-- Parameters: name, key, sequence, sequence, whether gaps may be passed over, name, key, whether gaps may be passed over.
INSERT INTO penstock.dual_write_key AS k (name, key, sequence, written_at)
SELECT ?, ?, ?, penstock.clock()
WHERE ? = 1 OR ? OR EXISTS (SELECT FROM penstock.dual_write_key AS known WHERE known.name = ? AND known.key = ?)
ON CONFLICT (name, key) DO UPDATE SET sequence = excluded.sequence, written_at = excluded.written_at
WHERE k.sequence = excluded.sequence - 1 OR (? AND k.sequence < excluded.sequence)
RETURNING k.sequence
