-- Purpose: adds what the time of late jobs went to.
-- Rows:    one per queue, type and cause.
-- Locks:   none.
-- Index:   none needed: rows are appended.
-- Parameters: queues, types, causes, microseconds.
INSERT INTO penstock.lateness (queue_id, type, minute, cause, spent)
SELECT l.queue_id, l.type, date_bin('1 minute', n.moment, 'epoch'), l.cause, l.spent
FROM unnest(?::integer[], ?::text[], ?::text[], ?::bigint[]) AS l (queue_id, type, cause, spent)
CROSS JOIN (SELECT penstock.clock()) AS n (moment)
RETURNING queue_id
