-- Purpose: when the next job of each queue that waits for its time is due, and when to look after schedules, in microseconds
--          of the epoch.
-- Rows:    one per queue given, one without a queue for the time, and two of schedules: the earliest moment, and the earliest
--          that is still to come. The two differ while something keeps a schedule from being fired.
-- Locks:   none, and none respected: a job that another promotion holds but has not committed still waits.
-- Index:   waiting_due (queue_id, due_at), from the queue's floor; schedule_look_at.
-- Parameters: queues, and for each the due time up to which nothing waits.
SELECT 0, (extract(epoch FROM penstock.clock()) * 1000000)::bigint
UNION ALL
SELECT -1, (extract(epoch FROM (
    SELECT s.look_at FROM penstock.schedule AS s WHERE s.look_at < 'infinity' ORDER BY s.look_at LIMIT 1)) * 1000000)::bigint
UNION ALL
SELECT -2, (extract(epoch FROM (
    SELECT s.look_at FROM penstock.schedule AS s WHERE s.look_at > (SELECT penstock.clock()) AND s.look_at < 'infinity'
    ORDER BY s.look_at LIMIT 1)) * 1000000)::bigint
UNION ALL
SELECT f.queue_id, (extract(epoch FROM (
    SELECT w.due_at FROM penstock.waiting AS w
    WHERE w.queue_id = f.queue_id AND w.due_at > timestamptz 'epoch' + f.floor * interval '1 microsecond'
      AND w.due_at < 'infinity'
    ORDER BY w.due_at LIMIT 1)) * 1000000)::bigint
FROM unnest(?::integer[], ?::bigint[]) AS f (queue_id, floor)
