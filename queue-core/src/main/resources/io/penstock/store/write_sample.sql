-- Purpose: remembers what some queues were at.
-- Rows:    one per queue.
-- Locks:   none.
-- Index:   none needed: rows are appended.
-- Parameters: queues, positions drawn last, depths, eligible times of the first in line in microseconds of the epoch, null where there is none.
INSERT INTO penstock.sample (queue_id, at, drawn, depth, head_age)
SELECT s.queue_id, n.moment, s.drawn, s.depth,
       coalesce(greatest(0, extract(epoch FROM n.moment) * 1000 - s.head / 1000), 0)::bigint
FROM unnest(?::integer[], ?::bigint[], ?::bigint[], ?::bigint[]) AS s (queue_id, drawn, depth, head)
CROSS JOIN (SELECT penstock.clock()) AS n (moment)
RETURNING queue_id
