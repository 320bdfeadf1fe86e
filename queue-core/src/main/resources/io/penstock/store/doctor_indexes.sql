-- Purpose: indexes of the schema that the server does not use, because a build of theirs was broken off.
-- Rows:    one per such index.
-- Locks:   none.
-- Index:   none needed: the catalogue's rows of one schema.
SELECT c.relname::text FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid
WHERE c.relnamespace = to_regnamespace('penstock') AND (NOT i.indisvalid OR NOT i.indisready) ORDER BY 1
