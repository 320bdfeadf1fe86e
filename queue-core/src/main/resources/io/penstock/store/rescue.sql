-- Purpose: makes the jobs that a lost worker was running available again, while attempts are left.
-- Rows:    those of one worker in one level of one leaf.
-- Locks:   their rows, SKIP LOCKED: one that is being completed at this moment is left to its completion.
-- Index:   {partition}_claim (priority, position), between the level's floor and its claim ceiling: no job lies
--          below the one, no running job above the other.
-- Each gets a new position: the old one lies below the floors. State and worker are checked under the lock.
-- Parameters: priority, floor, ceiling, worker, failure, the queue's position sequence.
WITH held AS MATERIALIZED (
    SELECT ctid AS place FROM {partition}
    WHERE priority = ? AND position > ? AND position <= ? AND state = 'running' AND worker_id = ? AND attempt < max_attempts
      AND cancel_requested_at IS NULL
    ORDER BY position
    FOR UPDATE SKIP LOCKED
)
UPDATE {partition}
SET state = 'available', worker_id = NULL, failures = penstock.add_failure(failures, ?::jsonb),
    position = penstock.draw_position(?::regclass)
WHERE ctid = ANY (ARRAY(SELECT place FROM held))
RETURNING id
