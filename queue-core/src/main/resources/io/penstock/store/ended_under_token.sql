-- Purpose: tells which attempts, of those that no longer run, ended as their worker said: by a commit that was never
--          answered, or in their handler's own transaction.
-- Rows:    at most the attempts given (Limits.COMPLETION_BATCH).
-- Locks:   none.
-- Index:   finished's (id) of every day; waiting's primary key.
-- Of what its queue keeps for no day nothing is left: an attempt that runs no longer, and whose job is nowhere, has ended.
-- Parameters: ids, generations, lease tokens, states, the queue twice.
SELECT e.id
FROM unnest(?::uuid[], ?::integer[], ?::bigint[], ?::text[]) AS e (id, generation, lease_token, state)
CROSS JOIN LATERAL (
    SELECT FROM penstock.finished AS f
    WHERE f.id = e.id AND f.generation = e.generation AND f.lease_token = e.lease_token AND f.state = e.state
    UNION ALL
    SELECT FROM penstock.waiting AS w
    WHERE w.id = e.id AND w.generation = e.generation AND w.lease_token = e.lease_token AND w.state = e.state
    UNION ALL
    SELECT FROM penstock.queue AS q
    WHERE q.queue_id = ? AND CASE e.state WHEN 'completed' THEN q.keep_completed WHEN 'discarded' THEN q.keep_failed WHEN 'cancelled' THEN q.keep_failed END = 0
      AND NOT EXISTS (SELECT FROM penstock.live AS l WHERE l.queue_id = ? AND l.id = e.id)
      AND NOT EXISTS (SELECT FROM penstock.waiting AS w WHERE w.id = e.id)
      AND NOT EXISTS (SELECT FROM penstock.finished AS f WHERE f.id = e.id)
    LIMIT 1) AS ended
