-- Purpose: keeps what is older than two days by the hour, and what no period reaches back to not at all.
-- Rows:    one: how many were merged or deleted.
-- Locks:   the rows merged; another process that merges the same waits, and finds nothing more to merge.
-- Index:   tally_minute (objective_id, minute).
WITH gone AS (
    DELETE FROM penstock.tally AS t USING penstock.objective AS o, (SELECT penstock.clock()) AS n (moment)
    WHERE t.objective_id = o.objective_id AND t.minute < date_bin('1 hour', n.moment - interval '2 days', 'epoch')
      AND (t.minute <> date_bin('1 hour', t.minute, 'epoch') OR date_bin('1 hour', t.minute, 'epoch') < n.moment - (o.period + 1) * interval '1 day')
    RETURNING t.objective_id, t.minute, t.total, t.good,
              date_bin('1 hour', t.minute, 'epoch') >= n.moment - (o.period + 1) * interval '1 day' AS kept
), merged AS (
    INSERT INTO penstock.tally (objective_id, minute, total, good)
    SELECT g.objective_id, date_bin('1 hour', g.minute, 'epoch'), sum(g.total), sum(g.good) FROM gone AS g WHERE g.kept GROUP BY 1, 2
)
SELECT count(*) FROM gone
