-- Purpose: divides the budgets anew, if nobody has since they were read; and forgets what lost workers brought.
-- Rows:    one, or none if somebody else was first; deletes a row per worker that was lost.
-- Locks:   the one row of the allocation.
-- Index:   allocation's primary key; none needed for members, of which there are few.
-- Parameters: worker, fingerprint, shares, what is missing, whether heavy queues give way, epoch.
WITH gone AS (
    DELETE FROM penstock.member AS m
    WHERE NOT EXISTS (SELECT FROM penstock.worker AS w WHERE w.worker_id = m.worker_id AND w.state = 'alive')
)
UPDATE penstock.allocation AS a
SET epoch = a.epoch + 1, made_at = penstock.clock(), made_by = ?, made_for = ?, shares = ?::jsonb, missing = ?, gives_way = ?
WHERE a.only_one AND a.epoch = ?
RETURNING a.epoch
