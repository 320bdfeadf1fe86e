-- Purpose: which of the attempts about to be postponed belong to jobs whose cancellation was asked for.
-- Rows:    at most the attempts given (Limits.COMPLETION_BATCH).
-- Locks:   none: postpone.sql leaves running whom this look missed, and whoever asks after that finds the job waiting.
-- Index:   {partition}_id.
-- LIMIT 1, of one row at most: else a statistic that says "empty" makes it a walk through all jobs of the leaf.
-- Parameters: ids, lease tokens.
SELECT l.id
FROM unnest(?::uuid[], ?::bigint[]) AS e (id, lease_token)
CROSS JOIN LATERAL (
    SELECT l.id FROM {partition} AS l
    WHERE l.id = e.id AND l.lease_token = e.lease_token AND l.state = 'running' AND l.cancel_requested_at IS NOT NULL
    LIMIT 1) AS l
