-- Purpose: keeps samples older than two hours by the minute, and those older than two days not at all; histograms and what made jobs late for two days; of proofs
--          the last hundred days.
-- Rows:    one: how many were deleted.
-- Locks:   the rows deleted.
-- Index:   sample_at, histogram_minute, lateness_minute, proof_newest.
WITH n AS MATERIALIZED (
    SELECT penstock.clock() AS moment
), samples AS (
    DELETE FROM penstock.sample AS s
    WHERE s.at < (SELECT moment FROM n) - interval '2 days'
       OR (s.at < (SELECT moment FROM n) - interval '2 hours' AND s.at >= (SELECT moment FROM n) - interval '4 hours'
           AND EXISTS (SELECT FROM penstock.sample AS before
                       WHERE before.queue_id = s.queue_id AND before.at >= date_bin('1 minute', s.at, 'epoch') AND before.at < s.at))
    RETURNING 1
), histograms AS (
    DELETE FROM penstock.histogram AS h WHERE h.minute < (SELECT moment FROM n) - interval '2 days' RETURNING 1
), late AS (
    DELETE FROM penstock.lateness AS l WHERE l.minute < (SELECT moment FROM n) - interval '2 days' RETURNING 1
), proofs AS (
    DELETE FROM penstock.proof AS p USING penstock.objective AS o
    WHERE p.objective_id = o.objective_id AND p.proven_at < (SELECT moment FROM n) - interval '100 days' RETURNING 1
)
SELECT (SELECT count(*) FROM samples) + (SELECT count(*) FROM histograms) + (SELECT count(*) FROM late) + (SELECT count(*) FROM proofs)
