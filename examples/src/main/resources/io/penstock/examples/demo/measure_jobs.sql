-- Purpose: wait and total latency of the jobs of one type, and how many finished per second of the measured window.
-- Jobs counted: those with the tag, finished or not, an unfinished one with its age so far; without a tag those that
-- finished inside the window.
-- Parameters: job type, tag or null.
WITH wanted AS (
    SELECT ?::text AS type, ?::text AS tag
), job AS (
    SELECT type, tags, eligible_at, first_claimed_at, finished_at FROM penstock.finished
    UNION ALL SELECT type, tags, eligible_at, first_claimed_at, NULL FROM penstock.live
    UNION ALL SELECT type, tags, eligible_at, first_claimed_at, NULL FROM penstock.waiting
), seen AS (
    SELECT job.finished_at, p.measured_from, p.measured_until,
           coalesce(job.finished_at BETWEEN p.measured_from AND p.measured_until, false) AS in_window,
           coalesce(job.finished_at > p.measured_until, true) AND job.eligible_at < p.measured_until AS late,
           extract(epoch FROM coalesce(job.first_claimed_at, p.ended_at, penstock.clock()) - job.eligible_at) * 1000 AS wait,
           extract(epoch FROM coalesce(job.finished_at, p.ended_at, penstock.clock()) - job.eligible_at) * 1000 AS total,
           w.tag IS NOT NULL AS by_tag, w.tag IS NULL OR job.tags @> ARRAY[w.tag] AS tagged
    FROM job JOIN wanted AS w ON job.type = w.type CROSS JOIN demo_phase AS p
), counted AS (
    SELECT * FROM seen WHERE tagged AND (by_tag OR in_window)
)
SELECT count(*) AS count,
       coalesce(percentile_disc(0.5) WITHIN GROUP (ORDER BY wait), 0) AS wait_p50,
       coalesce(percentile_disc(0.95) WITHIN GROUP (ORDER BY wait), 0) AS wait_p95,
       coalesce(percentile_disc(0.99) WITHIN GROUP (ORDER BY wait), 0) AS wait_p99,
       coalesce(max(wait), 0) AS wait_max,
       coalesce(percentile_disc(0.5) WITHIN GROUP (ORDER BY total), 0) AS total_p50,
       coalesce(percentile_disc(0.95) WITHIN GROUP (ORDER BY total), 0) AS total_p95,
       coalesce(percentile_disc(0.99) WITHIN GROUP (ORDER BY total), 0) AS total_p99,
       coalesce(max(total), 0) AS total_max,
       (SELECT count(*) FROM seen WHERE in_window)
           / (SELECT extract(epoch FROM measured_until - measured_from) FROM demo_phase) AS per_second,
       CASE WHEN (SELECT tag FROM wanted) IS NULL THEN (SELECT count(*) FROM seen WHERE late)
            ELSE count(*) FILTER (WHERE finished_at IS NULL) END AS unfinished
FROM counted
