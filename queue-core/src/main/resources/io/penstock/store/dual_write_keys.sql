-- Purpose: a page of the keys that were written in the last so many seconds, or earlier too if that is null, with how far they have come.
-- Rows:    up to the number given.
-- Locks:   none.
-- Index:   dual_write_key_pkey.
-- Parameters: name, key before the page, seconds, seconds, number.
SELECT key, sequence FROM penstock.dual_write_key
WHERE name = ? AND key > ? AND (?::float8 IS NULL OR written_at >= penstock.clock() - ?::float8 * interval '1 second')
ORDER BY key LIMIT ?
