-- Purpose: the part of the slots that attempts filled inside the measured window, and the most that ran at one instant
-- of the whole phase. An attempt that ends where another starts does not overlap with it.
-- Parameters: number of slots.
WITH attempt AS (
    SELECT claimed_at AS began, finished_at AS ended FROM penstock.finished WHERE claimed_at IS NOT NULL
    UNION ALL
    SELECT claimed_at, coalesce((SELECT ended_at FROM demo_phase), penstock.clock()) FROM penstock.live WHERE state = 'running'
), change AS (
    SELECT began AS at, 1 AS delta FROM attempt
    UNION ALL SELECT ended, -1 FROM attempt
), level AS (
    SELECT sum(delta) OVER (ORDER BY at, delta ROWS UNBOUNDED PRECEDING) AS running FROM change
)
SELECT (SELECT coalesce(sum(extract(epoch FROM least(a.ended, p.measured_until) - greatest(a.began, p.measured_from)))
                   FILTER (WHERE a.ended > p.measured_from AND a.began < p.measured_until), 0)
               / (?::integer * max(extract(epoch FROM p.measured_until - p.measured_from)))
        FROM demo_phase AS p LEFT JOIN attempt AS a ON true) AS utilisation,
       (SELECT coalesce(max(running), 0) FROM level) AS slots_max
