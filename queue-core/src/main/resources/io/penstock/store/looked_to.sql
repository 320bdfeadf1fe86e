-- Purpose: remembers up to which eligible time the jobs of an objective were looked at.
-- Rows:    one.
-- Locks:   the objective's row.
-- Index:   objective's primary key.
-- Parameters: the time in microseconds of the epoch, objective.
UPDATE penstock.objective SET looked_to = greatest(looked_to, timestamptz 'epoch' + ?::bigint * interval '1 microsecond')
WHERE objective_id = ? RETURNING objective_id
