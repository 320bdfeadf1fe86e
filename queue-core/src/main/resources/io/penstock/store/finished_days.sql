-- Purpose: the days of "finished" up to today, the newest first.
-- Rows:    one per day.
-- Locks:   none.
-- Index:   none needed: the catalogue's rows of one table's partitions.
SELECT right(c.relname::text, 8) AS day
FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid
WHERE i.inhparent = 'penstock.finished'::regclass AND NOT i.inhdetachpending
  AND right(c.relname::text, 8) <= to_char(penstock.clock() AT TIME ZONE 'UTC', 'YYYYMMDD')
ORDER BY day DESC
