-- Purpose: tells which attempts, of those that no longer run, ended as their worker said: by a commit that was never
--          answered, or in their handler's own transaction.
-- Rows:    at most the attempts given (Limits.COMPLETION_BATCH).
-- Locks:   none.
-- Index:   finished's (id) of every day; waiting's primary key.
-- Parameters: ids, generations, lease tokens, states.
SELECT e.id
FROM unnest(?::uuid[], ?::integer[], ?::bigint[], ?::text[]) AS e (id, generation, lease_token, state)
CROSS JOIN LATERAL (
    SELECT FROM penstock.finished AS f
    WHERE f.id = e.id AND f.generation = e.generation AND f.lease_token = e.lease_token AND f.state = e.state
    UNION ALL
    SELECT FROM penstock.waiting AS w
    WHERE w.id = e.id AND w.generation = e.generation AND w.lease_token = e.lease_token AND w.state = e.state
    LIMIT 1) AS ended
