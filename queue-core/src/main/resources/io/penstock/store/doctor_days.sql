-- Purpose: for how many days on end, from today on, ended jobs have a partition.
-- Rows:    one.
-- Locks:   none.
-- Index:   none needed: the catalogue's rows of one table's partitions.
SELECT count(*) FILTER (WHERE days.day - days.today = days.place)
FROM (
    SELECT right(c.relname::text, 8)::date AS day, (penstock.clock() AT TIME ZONE 'UTC')::date AS today,
           row_number() OVER (ORDER BY c.relname) - 1 AS place
    FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid
    WHERE i.inhparent = 'penstock.finished'::regclass AND NOT i.inhdetachpending
      AND right(c.relname::text, 8)::date >= (penstock.clock() AT TIME ZONE 'UTC')::date) AS days
