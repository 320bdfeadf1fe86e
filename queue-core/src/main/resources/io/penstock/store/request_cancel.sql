-- Purpose: asks for a running job to be cancelled: it gets no further attempt.
-- Rows:    one.
-- Locks:   the job's row.
-- Index:   {partition}_id.
-- Changes no indexed column.
-- Parameters: id.
UPDATE {partition} SET cancel_requested_at = coalesce(cancel_requested_at, penstock.clock())
WHERE id = ? AND state = 'running' RETURNING id
