-- Purpose: makes one row of those of a minute, of the last three hours.
-- Rows:    one: how many were merged.
-- Locks:   the rows merged; another process that merges the same waits, and finds nothing more to merge.
-- Index:   tally_minute (objective_id, minute).
-- Whoever deletes a row counts it: so none is lost or counted twice, however many merge.
WITH several AS MATERIALIZED (
    SELECT t.objective_id, t.minute FROM penstock.objective AS o CROSS JOIN (SELECT penstock.clock()) AS n (moment) CROSS JOIN LATERAL (
        SELECT t.objective_id, t.minute FROM penstock.tally AS t
        WHERE t.objective_id = o.objective_id AND t.minute > n.moment - interval '3 hours'
        GROUP BY t.objective_id, t.minute HAVING count(*) > 1) AS t
), gone AS (
    DELETE FROM penstock.tally AS t USING several AS s WHERE t.objective_id = s.objective_id AND t.minute = s.minute
    RETURNING t.objective_id, t.minute, t.total, t.good
), merged AS (
    INSERT INTO penstock.tally (objective_id, minute, total, good)
    SELECT g.objective_id, g.minute, sum(g.total), sum(g.good) FROM gone AS g GROUP BY g.objective_id, g.minute
)
SELECT count(*) FROM gone
