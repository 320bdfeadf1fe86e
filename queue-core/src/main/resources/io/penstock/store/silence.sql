-- Purpose: tells nobody of some alerts for a while.
-- Rows:    one.
-- Locks:   none.
-- Index:   none needed: a row is appended.
-- Parameters: pattern of keys, seconds, who, why or null.
INSERT INTO penstock.silence (pattern, begins_at, ends_at, by, reason)
SELECT s.pattern, n.moment, n.moment + s.seconds * interval '1 second', s.by, s.reason
FROM (SELECT ?::text, ?::bigint, ?::text, ?::text) AS s (pattern, seconds, by, reason) CROSS JOIN (SELECT penstock.clock()) AS n (moment)
RETURNING silence_id
