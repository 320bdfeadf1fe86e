-- Purpose: how many jobs a queue has that have not ended, up to a thousand.
-- Rows:    one.
-- Locks:   none.
-- Index:   {partition}_claim from its start; waiting_due.
-- Parameters: queue.
SELECT (SELECT count(*) FROM (SELECT FROM {partition} WHERE priority IN (0, 1, 2, 3) AND position > 0 LIMIT 1000) AS l)
     + (SELECT count(*) FROM (SELECT FROM penstock.waiting AS w WHERE w.queue_id = ? LIMIT 1000) AS w)
