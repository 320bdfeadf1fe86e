-- Purpose: how far keys have come on this side, and how many seconds ago.
-- Rows:    one per key that is known.
-- Locks:   none.
-- Index:   dual_write_key_pkey.
-- Parameters: name, keys.
SELECT key, sequence, extract(epoch FROM penstock.clock() - written_at)::float8 FROM penstock.dual_write_key WHERE name = ? AND key = ANY (?)
