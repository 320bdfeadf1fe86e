-- Purpose: of some queues, since when the first of the jobs that wait for later was eligible, of those eligible at a moment or after it, in
--          microseconds of the epoch.
-- Rows:    one per queue that has any.
-- Locks:   none.
-- Index:   waiting_eligible (queue_id, eligible_at), the first of each queue.
-- Parameters: queues, moments in microseconds of the epoch.
SELECT g.queue_id, (extract(epoch FROM w.eligible_at) * 1000000)::bigint
FROM unnest(?::integer[], ?::bigint[]) AS g (queue_id, moment) CROSS JOIN LATERAL (
    SELECT w.eligible_at FROM penstock.waiting AS w
    WHERE w.queue_id = g.queue_id AND w.eligible_at >= timestamptz 'epoch' + g.moment * interval '1 microsecond'
    ORDER BY w.eligible_at LIMIT 1) AS w
