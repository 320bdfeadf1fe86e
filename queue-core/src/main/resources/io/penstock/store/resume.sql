-- Purpose: lets a paused queue go on, or a part of it.
-- Rows:    one, or none: one that has ended by itself is removed and not answered.
-- Locks:   the pause's row.
-- Index:   queue_name, pause's primary key.
-- Parameters: name, subject.
WITH gone AS (
    DELETE FROM penstock.pause AS p USING penstock.queue AS q
    WHERE q.name = ? AND q.removed_at IS NULL AND p.queue_id = q.queue_id AND p.subject = ?
    RETURNING p.queue_id, p.until
)
SELECT queue_id FROM gone WHERE until > penstock.clock()
