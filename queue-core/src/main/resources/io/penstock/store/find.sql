-- Purpose: looks a job up by its id, in whichever room it is; its newest generation.
-- Rows:    one.
-- Locks:   none.
-- Index:   the (id) index of every leaf and day: for a person or a lost answer, not for a loop.
-- Parameters: id three times.
SELECT found.id, found.generation, q.name, found.type, found.state, found.attempt, found.max_attempts, found.reason,
       found.failures::text, found.eligible_at, found.finished_at
FROM (
    SELECT id, generation, queue_id, type, state, attempt, max_attempts, NULL AS reason, failures, eligible_at, NULL::timestamptz AS finished_at
    FROM penstock.live WHERE id = ?
    UNION ALL
    SELECT id, generation, queue_id, type, state, attempt, max_attempts, NULL, failures, eligible_at, NULL
    FROM penstock.waiting WHERE id = ?
    UNION ALL
    SELECT id, generation, queue_id, type, state, attempt, max_attempts, reason, failures, eligible_at, finished_at
    FROM penstock.finished WHERE id = ?) AS found
JOIN penstock.queue AS q ON q.queue_id = found.queue_id
ORDER BY found.generation DESC LIMIT 1
