-- Purpose: asks for a running job to be cancelled: it gets no further attempt, and its worker interrupts the one under way.
-- Rows:    one.
-- Locks:   the job's row.
-- Index:   {partition}_id; cancellation's primary key.
-- Changes no indexed column of the job.
-- Parameters: id.
WITH asked AS (
    UPDATE {partition} SET cancel_requested_at = coalesce(cancel_requested_at, penstock.clock())
    WHERE id = ? AND state = 'running' RETURNING id, worker_id, lease_token)
INSERT INTO penstock.cancellation AS c (worker_id, job_id, lease_token, requested_at)
SELECT worker_id, id, lease_token, penstock.clock() FROM asked
ON CONFLICT (worker_id, job_id) DO UPDATE SET lease_token = excluded.lease_token, requested_at = excluded.requested_at
RETURNING c.job_id
