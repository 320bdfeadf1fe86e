-- Purpose: the days that were emptied and whose partitions can be removed, and whether a removal was begun.
-- Rows:    one per such day.
-- Locks:   none.
-- Index:   none needed: a row per day is read.
SELECT to_char(d.day, 'YYYYMMDD'), i.inhdetachpending
FROM penstock.retained_day AS d
LEFT JOIN pg_inherits AS i ON i.inhrelid = to_regclass(format('penstock.finished_%s', to_char(d.day, 'YYYYMMDD')))
WHERE d.expired ORDER BY d.day
