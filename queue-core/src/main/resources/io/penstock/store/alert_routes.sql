-- Purpose: where alerts are sent: for a person.
-- Rows:    one per route.
-- Locks:   none.
-- Index:   none needed: there are few.
SELECT r.name, q.name, r.type, r.pattern, r.format, r.link
FROM penstock.alert_route AS r JOIN penstock.queue AS q ON q.queue_id = r.queue_id
WHERE q.removed_at IS NULL ORDER BY r.name
