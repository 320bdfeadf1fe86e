-- A seeded bug, for the checker to catch: looks for the lost worker's jobs first, and moves them later without looking again.
UPDATE {partition}
SET state = 'available', worker_id = NULL, position = penstock.draw_position(rescue.sequence)
FROM (SELECT ?::smallint AS priority, ?::bigint AS floor, ?::bigint AS ceiling, ?::bigint AS worker, ?::jsonb AS failure, ?::regclass AS sequence) AS rescue
WHERE id IN (
    SELECT l.id FROM {partition} AS l
    WHERE l.priority = rescue.priority AND l.position > rescue.floor AND l.position <= rescue.ceiling AND l.state = 'running' AND l.worker_id = rescue.worker)
RETURNING id
