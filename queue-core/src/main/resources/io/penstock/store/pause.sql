-- Purpose: holds a queue back, or a part of it. What is paused already keeps the moment and the name of the first.
-- Rows:    one, or none.
-- Locks:   the pause's row; enqueuers do not look at it.
-- Index:   queue_name, pause's primary key.
-- Parameters: subject, who, why, for how many seconds or null, name.
INSERT INTO penstock.pause AS p (queue_id, subject, paused_at, paused_by, reason, until)
SELECT q.queue_id, ?, penstock.clock(), ?, ?, coalesce(penstock.clock() + ?::bigint * interval '1 second', 'infinity')
FROM penstock.queue AS q WHERE q.name = ? AND q.removed_at IS NULL
ON CONFLICT (queue_id, subject) DO UPDATE
SET paused_at = excluded.paused_at, paused_by = excluded.paused_by, reason = excluded.reason, until = excluded.until
WHERE p.until <= penstock.clock()
RETURNING p.queue_id
