-- Purpose: makes an alert route, or changes the one of its name.
-- Rows:    one, or none if its queue is not there.
-- Locks:   the route's row.
-- Index:   queue_name; alert_route's primary key.
-- Parameters: name, job type, pattern of keys, format, link or null, queue's name.
INSERT INTO penstock.alert_route AS r (name, queue_id, type, pattern, format, link)
SELECT g.name, q.queue_id, g.type, g.pattern, g.format, g.link
FROM (VALUES (?::text, ?::text, ?::text, ?::text, ?::text)) AS g (name, type, pattern, format, link)
JOIN penstock.queue AS q ON q.name = ? AND q.removed_at IS NULL
ON CONFLICT (name) DO UPDATE
SET queue_id = excluded.queue_id, type = excluded.type, pattern = excluded.pattern, format = excluded.format, link = excluded.link
RETURNING r.name
