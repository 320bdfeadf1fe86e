-- Purpose: what every queue is at: the highest position drawn so far, when the next job that waits there is due, in
--          microseconds of the epoch, and whether it is paused; when to look after schedules and batches; and the allocation's epoch.
--          Must run before the transaction has an id.
-- Rows:    first one without a queue for the time, one per queue, two of schedules: the earliest moment, and the earliest
--          that is still to come, which differ while something keeps a schedule from being fired; one of batches; and
--          one of the allocation: its epoch, and whether it was made for other workers or other budgets.
-- Locks:   none, and none respected: a job that another promotion holds but has not committed still waits.
-- Index:   waiting_due (queue_id, due_at), from the queue's floor; schedule_look_at; batch_look_at.
-- Parameters: queues, and for each the due time up to which nothing waits; a queue not given is looked at from the start.
SELECT 0, (extract(epoch FROM penstock.clock()) * 1000000)::bigint, NULL::bigint, false
UNION ALL
SELECT -1, NULL, (extract(epoch FROM (
    SELECT s.look_at FROM penstock.schedule AS s WHERE s.look_at < 'infinity' ORDER BY s.look_at LIMIT 1)) * 1000000)::bigint, false
UNION ALL
SELECT -2, NULL, (extract(epoch FROM (
    SELECT s.look_at FROM penstock.schedule AS s WHERE s.look_at > (SELECT penstock.clock()) AND s.look_at < 'infinity'
    ORDER BY s.look_at LIMIT 1)) * 1000000)::bigint, false
UNION ALL
SELECT -3, NULL, (extract(epoch FROM (SELECT b.look_at FROM penstock.batch AS b ORDER BY b.look_at LIMIT 1)) * 1000000)::bigint, false
UNION ALL
SELECT -4, a.epoch, NULL, a.made_for <> penstock.fleet_fingerprint() FROM penstock.allocation AS a
UNION ALL
SELECT q.queue_id, coalesce(pg_sequence_last_value(format('penstock.position_q%s', q.queue_id)::regclass), 0),
       (extract(epoch FROM (
           SELECT w.due_at FROM penstock.waiting AS w
           WHERE w.queue_id = q.queue_id AND w.due_at > timestamptz 'epoch' + coalesce(f.floor, 0) * interval '1 microsecond'
             AND w.due_at < 'infinity'
           ORDER BY w.due_at LIMIT 1)) * 1000000)::bigint,
       q.paused_at IS NOT NULL
FROM penstock.queue AS q
LEFT JOIN unnest(?::integer[], ?::bigint[]) AS f (queue_id, floor) ON f.queue_id = q.queue_id
WHERE q.removed_at IS NULL
