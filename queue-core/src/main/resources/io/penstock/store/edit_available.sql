-- Purpose: changes what a job that is available carries.
-- Rows:    one.
-- Locks:   the job's row.
-- Index:   {partition}_id.
-- On another level it needs a new position: the floors of that level may be above the one it has.
-- Parameters: payload, metadata, tags, priority, maximum of attempts, each null to keep what is there; id.
WITH edit AS MATERIALIZED (
    SELECT ?::jsonb AS payload, ?::jsonb AS metadata, ?::text[] AS tags, ?::smallint AS priority, ?::integer AS max_attempts
)
UPDATE {partition} AS l
SET payload = coalesce(e.payload, l.payload), metadata = coalesce(e.metadata, l.metadata), tags = coalesce(e.tags, l.tags),
    max_attempts = coalesce(e.max_attempts, l.max_attempts), priority = coalesce(e.priority, l.priority),
    position = CASE WHEN e.priority <> l.priority
                    THEN penstock.draw_position(format('penstock.position_q%s', l.queue_id)::regclass) ELSE l.position END
FROM edit AS e
WHERE l.id = ? AND l.state = 'available' RETURNING l.id
