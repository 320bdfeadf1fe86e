-- Purpose: the last position that each queue has drawn, with its name, the time, in microseconds of the epoch, and the segment that is written to.
-- Rows:    one per queue.
-- Locks:   none.
-- Index:   none needed: one row per queue is read.
SELECT q.queue_id, q.name, coalesce(pg_sequence_last_value(format('penstock.position_q%s', q.queue_id)::regclass), 0),
       (extract(epoch FROM n.moment) * 1000000)::bigint, q.write_segment
FROM penstock.queue AS q CROSS JOIN (SELECT penstock.clock()) AS n (moment)
WHERE q.removed_at IS NULL
