-- Purpose: forgets what was said of progress long ago; answers how many.
-- Rows:    at most 5,000.
-- Locks:   the rows, SKIP LOCKED.
-- Index:   progress_written_at.
WITH old AS MATERIALIZED (
    SELECT ctid AS place FROM penstock.progress
    WHERE written_at < (SELECT penstock.clock()) - interval '90 days' ORDER BY written_at LIMIT 5000 FOR UPDATE SKIP LOCKED
), gone AS (
    DELETE FROM penstock.progress WHERE ctid = ANY (ARRAY(SELECT place FROM old)) RETURNING job_id
)
SELECT count(*) FROM gone
