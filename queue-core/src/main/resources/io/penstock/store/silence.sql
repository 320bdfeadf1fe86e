-- Purpose: tells nobody of some alerts for a while.
-- Rows:    one.
-- Locks:   none.
-- Index:   none needed: a row is appended.
-- Parameters: pattern of keys, from when on or null for now, seconds, who, why or null.
INSERT INTO penstock.silence (pattern, begins_at, ends_at, by, reason)
SELECT s.pattern, b.moment, b.moment + s.seconds * interval '1 second', s.by, s.reason
FROM (SELECT ?::text, ?::timestamptz, ?::bigint, ?::text, ?::text) AS s (pattern, begins_at, seconds, by, reason)
CROSS JOIN LATERAL (SELECT coalesce(s.begins_at, penstock.clock())) AS b (moment)
RETURNING silence_id
