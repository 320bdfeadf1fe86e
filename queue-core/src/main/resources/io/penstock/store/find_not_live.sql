-- Purpose: looks a job up by its id where it can be found without knowing its queue; its newest generation there, and
--          whether its queue still has tables, in which a newer generation may be live.
-- Rows:    one.
-- Locks:   none.
-- Index:   waiting's primary key, finished_id of the days from the one given.
-- Parameters: id twice, the earliest moment that it can have ended.
SELECT found.queue_id, to_regclass(format('penstock.live_q%s', found.queue_id)) IS NOT NULL AS has_tables, found.id, found.generation,
       q.name, found.type, found.state, found.attempt, found.max_attempts, found.reason, found.failures::text, found.eligible_at,
       found.finished_at, found.result::text
FROM (
    SELECT id, generation, queue_id, type, state, attempt, max_attempts, reason, failures, eligible_at, NULL::timestamptz AS finished_at, NULL::jsonb AS result
    FROM penstock.waiting WHERE id = ?
    UNION ALL
    SELECT id, generation, queue_id, type, state, attempt, max_attempts, reason, failures, eligible_at, finished_at, result
    FROM penstock.finished WHERE id = ? AND finished_at >= ?) AS found
JOIN penstock.queue AS q ON q.queue_id = found.queue_id
ORDER BY found.generation DESC LIMIT 1
