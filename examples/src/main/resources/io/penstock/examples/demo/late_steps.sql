-- Purpose: how many seconds after the start of the phase the first job of a type missed its deadline, null if none did, and what part of those
-- whose deadline has passed ended in time.
-- Parameters: what was promised in milliseconds, job type.
WITH promised AS (
    SELECT ?::bigint * interval '1 millisecond' AS within, ?::text AS type
), job AS (
    SELECT type, eligible_at, finished_at FROM penstock.finished
    UNION ALL SELECT type, eligible_at, NULL FROM penstock.live
), judged AS (
    SELECT job.eligible_at + p.within AS deadline, coalesce(job.finished_at <= job.eligible_at + p.within, false) AS good
    FROM job JOIN promised AS p ON p.type = job.type
    WHERE job.eligible_at + p.within < (SELECT ended_at FROM demo_phase)
)
SELECT extract(epoch FROM min(deadline) FILTER (WHERE NOT good) - (SELECT started_at FROM demo_phase)),
       count(*) FILTER (WHERE good)::double precision / count(*)
FROM judged
