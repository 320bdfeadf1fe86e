-- Purpose: where alerts are sent that have opened or ended.
-- Rows:    one per route and key that its pattern is of.
-- Locks:   none.
-- Index:   none needed: there are few.
-- Parameters: keys.
SELECT r.name, q.name, r.type, r.pattern, r.format, r.link, k.key
FROM unnest(?::text[]) WITH ORDINALITY AS k (key, place)
JOIN penstock.alert_route AS r ON k.key LIKE r.pattern
JOIN penstock.queue AS q ON q.queue_id = r.queue_id
WHERE q.removed_at IS NULL ORDER BY k.place, r.name
