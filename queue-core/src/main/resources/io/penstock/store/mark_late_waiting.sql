-- Purpose: counts jobs that wait for later, have missed the deadline of an objective and have not ended: a mark, so that each is counted
--          once.
-- Rows:    one: how many were marked, and up to which eligible time, in microseconds of the epoch; at most the number given (Limits.LATE_BATCH).
-- Locks:   their rows, SKIP LOCKED: one that is being ended at this moment is counted by its end, or found when it has not ended.
-- Index:   waiting_eligible (queue_id, eligible_at), from what was looked at before; then by place.
-- A retry does not move a deadline: it counts from when the job was first eligible.
-- Parameters: objective; from which eligible time on, in microseconds of the epoch; the number.
WITH o AS MATERIALIZED (
    SELECT o.objective_id, o.queue_id, o.type, o.kind, o.bound * interval '1 millisecond' AS bound, 1 << o.bit AS mark, penstock.clock() AS moment
    FROM penstock.objective AS o WHERE o.objective_id = ? AND o.kind IN ('latency', 'wait')
), late AS MATERIALIZED (
    SELECT l.ctid AS place FROM penstock.waiting AS l
    WHERE l.queue_id = (SELECT queue_id FROM o)
      AND l.eligible_at >= timestamptz 'epoch' + ?::bigint * interval '1 microsecond' AND l.eligible_at < (SELECT moment - bound FROM o)
      AND l.counted & (SELECT mark FROM o) = 0
      AND ((SELECT type FROM o) IS NULL OR l.type = (SELECT type FROM o))
      AND ((SELECT kind FROM o) = 'latency' OR coalesce(l.first_claimed_at > l.eligible_at + (SELECT bound FROM o), true))
    ORDER BY l.eligible_at LIMIT ? FOR UPDATE SKIP LOCKED
), marked AS (
    UPDATE penstock.waiting SET counted = counted | (SELECT mark FROM o)
    WHERE ctid = ANY (ARRAY(SELECT place FROM late))
    RETURNING eligible_at
), tallied AS (
    INSERT INTO penstock.tally (objective_id, minute, total, good)
    SELECT o.objective_id, date_bin('1 minute', m.eligible_at + o.bound, 'epoch'), count(*), 0
    FROM marked AS m CROSS JOIN o GROUP BY 1, 2
)
SELECT count(*), (extract(epoch FROM max(eligible_at)) * 1000000)::bigint FROM marked
