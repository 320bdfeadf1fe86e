-- Purpose: how many jobs of each objective had their deadlines within some spans of time up to now, and how many of them were good.
-- Rows:    one per objective and span.
-- Locks:   none.
-- Index:   tally_minute (objective_id, minute), which has all that is read.
-- A minute belongs to a span if it began within it. What has its deadline in the future is not counted yet.
-- Parameters: the spans in minutes, as an array; 0 stands for the objective's own period.
SELECT o.objective_id, span, coalesce(t.total, 0), coalesce(t.good, 0)
FROM penstock.objective AS o CROSS JOIN (SELECT penstock.clock()) AS n (moment) CROSS JOIN unnest(?::integer[]) AS span
CROSS JOIN LATERAL (
    SELECT sum(t.total)::bigint AS total, sum(t.good)::bigint AS good FROM penstock.tally AS t
    WHERE t.objective_id = o.objective_id AND t.minute <= n.moment
      AND t.minute > n.moment - CASE span WHEN 0 THEN o.period * 1440 ELSE span END * interval '1 minute') AS t
