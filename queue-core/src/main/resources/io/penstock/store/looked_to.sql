-- Purpose: remembers up to which eligible times the jobs of some objectives were looked at.
-- Rows:    one per objective.
-- Locks:   the objectives' rows, in their order.
-- Index:   objective's primary key.
-- Parameters: objectives, eligible times in microseconds of the epoch.
WITH looked AS MATERIALIZED (
    SELECT o.objective_id, timestamptz 'epoch' + l.moment * interval '1 microsecond' AS moment
    FROM unnest(?::integer[], ?::bigint[]) AS l (objective_id, moment) JOIN penstock.objective AS o USING (objective_id)
    ORDER BY o.objective_id FOR NO KEY UPDATE OF o
)
UPDATE penstock.objective AS o SET looked_to = greatest(o.looked_to, l.moment) FROM looked AS l WHERE o.objective_id = l.objective_id
