-- Purpose: what is in one leaf: how many jobs are available and how many run, and the earliest eligible time of those available.
-- Rows:    one; looks at no more than the cap of jobs in each level.
-- Locks:   none.
-- Index:   {partition}_claim (priority, position), each level from its start.
-- Running jobs lie at the front of their level: those behind as many jobs as the cap are not counted.
-- Parameters: the cap.
SELECT count(*) FILTER (WHERE looked.state = 'available'), count(*) FILTER (WHERE looked.state = 'running'),
       min(looked.eligible_at) FILTER (WHERE looked.state = 'available')
FROM unnest(ARRAY[0, 1, 2, 3]::smallint[]) AS level CROSS JOIN LATERAL (
    SELECT l.state, l.eligible_at FROM {partition} AS l WHERE l.priority = level AND l.position > 0 ORDER BY l.position LIMIT ?) AS looked
