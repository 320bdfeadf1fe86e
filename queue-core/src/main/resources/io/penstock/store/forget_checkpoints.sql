-- Purpose: forgets checkpoints that were written long ago; answers how many.
-- Rows:    at most 5,000.
-- Locks:   the rows, SKIP LOCKED.
-- Index:   checkpoint_written_at.
WITH old AS MATERIALIZED (
    SELECT ctid AS place FROM penstock.checkpoint
    WHERE written_at < (SELECT penstock.clock()) - interval '90 days' ORDER BY written_at LIMIT 5000 FOR UPDATE SKIP LOCKED
), gone AS (
    DELETE FROM penstock.checkpoint WHERE ctid = ANY (ARRAY(SELECT place FROM old)) RETURNING job_id
)
SELECT count(*) FROM gone
