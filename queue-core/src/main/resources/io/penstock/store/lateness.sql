-- Purpose: what the time of late jobs went to in the last minutes.
-- Rows:    one per queue, type and cause.
-- Locks:   none.
-- Index:   lateness_minute (minute, queue_id).
-- Parameters: how many minutes.
SELECT l.queue_id, l.type, l.cause, sum(l.spent)::bigint
FROM penstock.lateness AS l
WHERE l.minute > (SELECT penstock.clock()) - ?::integer * interval '1 minute'
GROUP BY l.queue_id, l.type, l.cause
