-- Purpose: gives back what this worker owns and does not know of: the commit of its claim was never answered.
-- Rows:    those of one worker in one level of one leaf that are not among the known ones.
-- Locks:   their rows, SKIP LOCKED.
-- Index:   {partition}_claim (priority, position), between the level's floor and its claim ceiling: no job lies
--          below the one, no running job above the other.
-- Each gets a new position, and its attempt back: nobody started it.
-- Parameters: priority, floor, ceiling, worker, known ids, the queue's position sequence.
WITH held AS MATERIALIZED (
    SELECT ctid AS place FROM {partition}
    WHERE priority = ? AND position > ? AND position <= ? AND state = 'running' AND worker_id = ? AND id <> ALL (?::uuid[])
    ORDER BY position
    FOR UPDATE SKIP LOCKED
)
UPDATE {partition}
SET state = 'available', worker_id = NULL, attempt = attempt - 1, position = penstock.draw_position(?::regclass)
WHERE ctid = ANY (ARRAY(SELECT place FROM held))
RETURNING id
