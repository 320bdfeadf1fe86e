-- Purpose: tells which attempts, of those that a batch could not end, still run under their lease token.
-- Rows:    at most the attempts given (Limits.COMPLETION_BATCH).
-- Locks:   none.
-- Index:   {partition}_id.
-- LIMIT 1, of one row at most: else a statistic that says "empty" makes it a walk through all jobs of the leaf.
-- Parameters: ids, lease tokens.
SELECT l.id
FROM unnest(?::uuid[], ?::bigint[]) AS e (id, lease_token)
CROSS JOIN LATERAL (
    SELECT l.id FROM {partition} AS l
    WHERE l.id = e.id AND l.lease_token = e.lease_token AND l.state = 'running' LIMIT 1) AS l
