-- Purpose: what every queue is at: the highest position drawn so far, when the next job that waits there is due, in
--          microseconds of the epoch, whether it is paused, and whether jobs are parked there; when to look after schedules and
--          batches; the allocation's epoch; and whether jobs are parked for pauses.
--          Must run before the transaction has an id.
-- Rows:    first one without a queue for the time, one per queue, two of schedules: the earliest moment, and the earliest
--          that is still to come, which differ while something keeps a schedule from being fired; one of batches;
--          one of the allocation: its epoch, and whether it was made for other workers or other budgets; and one of pauses.
-- Locks:   none, and none respected: a job that another promotion holds but has not committed still waits.
-- Index:   waiting_due (queue_id, due_at), from the queue's floor; waiting_parked (queue_id, ...); waiting_paused; schedule_look_at;
--          batch_look_at.
-- Parameters: queues, and for each the due time up to which nothing waits; a queue not given is looked at from the start.
SELECT 0, (extract(epoch FROM penstock.clock()) * 1000000)::bigint, NULL::bigint, false, false
UNION ALL
SELECT -1, NULL, (extract(epoch FROM (
    SELECT s.look_at FROM penstock.schedule AS s WHERE s.look_at < 'infinity' ORDER BY s.look_at LIMIT 1)) * 1000000)::bigint, false, false
UNION ALL
SELECT -2, NULL, (extract(epoch FROM (
    SELECT s.look_at FROM penstock.schedule AS s WHERE s.look_at > (SELECT penstock.clock()) AND s.look_at < 'infinity'
    ORDER BY s.look_at LIMIT 1)) * 1000000)::bigint, false, false
UNION ALL
SELECT -3, NULL, (extract(epoch FROM (SELECT b.look_at FROM penstock.batch AS b ORDER BY b.look_at LIMIT 1)) * 1000000)::bigint, false, false
UNION ALL
SELECT -4, a.epoch, NULL, a.made_for <> penstock.fleet_fingerprint(), false FROM penstock.allocation AS a
UNION ALL
SELECT -5, NULL, NULL,
       (SELECT w.queue_id FROM penstock.waiting AS w WHERE w.queue_id > 0 AND w.parked_for IS NOT NULL
        ORDER BY w.queue_id, w.parked_for LIMIT 1) IS NOT NULL, false
UNION ALL
SELECT q.queue_id, coalesce(pg_sequence_last_value(format('penstock.position_q%s', q.queue_id)::regclass), 0),
       (extract(epoch FROM (
           SELECT w.due_at FROM penstock.waiting AS w
           WHERE w.queue_id = q.queue_id AND w.due_at > timestamptz 'epoch' + coalesce(f.floor, 0) * interval '1 microsecond'
             AND w.due_at < 'infinity'
           ORDER BY w.due_at LIMIT 1)) * 1000000)::bigint,
       EXISTS (SELECT FROM penstock.pause AS p WHERE p.queue_id = q.queue_id AND p.subject = 'queue' AND p.until > penstock.clock()),
       (q.per_key IS NOT NULL OR q.key_rate IS NOT NULL)
           AND (SELECT true FROM penstock.waiting AS w WHERE w.queue_id = q.queue_id AND w.state = 'parked' AND w.parked_for IS NULL LIMIT 1) IS NOT NULL
FROM penstock.queue AS q
LEFT JOIN unnest(?::integer[], ?::bigint[]) AS f (queue_id, floor) ON f.queue_id = q.queue_id
WHERE q.removed_at IS NULL
