-- Purpose: when the next job of each queue that waits for its time is due, in microseconds of the epoch.
-- Rows:    one per queue given, and one without a queue for the time.
-- Locks:   none, and none respected: a job that another promotion holds but has not committed still waits.
-- Index:   waiting_due (queue_id, due_at), from the queue's floor.
-- Parameters: queues, and for each the due time up to which nothing waits.
SELECT 0, (extract(epoch FROM penstock.clock()) * 1000000)::bigint
UNION ALL
SELECT f.queue_id, (extract(epoch FROM (
    SELECT w.due_at FROM penstock.waiting AS w
    WHERE w.queue_id = f.queue_id AND w.due_at > timestamptz 'epoch' + f.floor * interval '1 microsecond'
      AND w.due_at < 'infinity'
    ORDER BY w.due_at LIMIT 1)) * 1000000)::bigint
FROM unnest(?::integer[], ?::bigint[]) AS f (queue_id, floor)
