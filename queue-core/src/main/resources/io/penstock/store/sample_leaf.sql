-- Purpose: how deep one leaf is, and since when the first in line is eligible, in microseconds of the epoch; retries are not asked for that; and
--          where each level begins, null where it has no job; and since when the first is eligible that has not ended, of those eligible at
--          a moment or after it; and whether it has no storage, so that it holds nothing at all, not even what runs.
-- Rows:    one; reads no more than 200 of each level, and its last job.
-- Locks:   none.
-- Index:   {partition}_claim (priority, position), each level from its floor, and from its end; {partition}_eligible (eligible_at), the first.
-- The number is no parameter, and the floors are no array: a plan for any number, or for arrays of any length, is thought to be dear, so that each
-- look would be planned anew, for three times what it takes.
-- Above it the depth is an estimate: as many of the positions between first and last are jobs as among those read.
-- Parameters: the floors of the four levels; the moment, in microseconds of the epoch, or null.
WITH level AS MATERIALIZED (
    SELECT * FROM unnest(ARRAY[0, 1, 2, 3]::smallint[], ARRAY[?, ?, ?, ?]::bigint[]) AS l (number, floor)
), front AS MATERIALIZED (
    SELECT level.number, level.floor, count(l.position) AS jobs, min(l.position) AS first, max(l.position) AS last,
           (array_agg(l.eligible_at ORDER BY l.position) FILTER (WHERE l.first_claimed_at IS NULL))[1] AS head
    FROM level LEFT JOIN LATERAL (
        SELECT l.position, l.eligible_at, l.first_claimed_at FROM {partition} AS l
        WHERE l.priority = level.number AND l.position > level.floor AND l.state = 'available'
        ORDER BY l.position LIMIT 200) AS l ON true
    GROUP BY level.number, level.floor
)
SELECT coalesce(sum(CASE WHEN f.jobs < 200 THEN f.jobs ELSE greatest(f.jobs, (
           SELECT (l.position - f.first + 1) FROM {partition} AS l
           WHERE l.priority = f.number AND l.position > f.floor AND l.state = 'available'
           ORDER BY l.position DESC LIMIT 1) * f.jobs / (f.last - f.first + 1)) END), 0)::bigint,
       (extract(epoch FROM min(f.head)) * 1000000)::bigint, array_agg(f.first ORDER BY f.number), (
           SELECT (extract(epoch FROM l.eligible_at) * 1000000)::bigint FROM {partition} AS l
           WHERE l.eligible_at >= timestamptz 'epoch' + ?::bigint * interval '1 microsecond' ORDER BY l.eligible_at LIMIT 1),
       pg_relation_size('{partition}'::regclass) = 0
FROM front AS f
