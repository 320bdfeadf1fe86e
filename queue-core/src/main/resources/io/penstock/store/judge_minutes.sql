-- Purpose: judges the minutes that have passed since the last time: whether a job type was fresh, and whether a queue grew by no more than is
--          allowed.
-- Rows:    one: how many objectives had minutes to be judged.
-- Locks:   the objectives' rows, SKIP LOCKED: each minute is judged once.
-- Index:   proof_newest (objective_id, proven_at), sample_of_queue (queue_id, at).
-- What was never proven is late once it has been an objective for as long as it may be old. Minutes of the last day are made up for.
WITH n AS MATERIALIZED (
    SELECT penstock.clock() AS moment
), due AS MATERIALIZED (
    SELECT o.objective_id, o.queue_id, o.kind, o.bound, o.since,
           greatest(o.sliced_to, date_bin('1 minute', o.since, 'epoch'), date_bin('1 minute', n.moment - interval '1 day', 'epoch')) AS begins,
           date_bin('1 minute', n.moment, 'epoch') AS ends
    FROM penstock.objective AS o CROSS JOIN n
    WHERE o.kind IN ('growth', 'freshness') AND o.sliced_to < date_bin('1 minute', n.moment, 'epoch')
    FOR UPDATE OF o SKIP LOCKED
), moved AS (
    UPDATE penstock.objective AS o SET sliced_to = d.ends FROM due AS d WHERE o.objective_id = d.objective_id
), judged AS (
    INSERT INTO penstock.tally (objective_id, minute, total, good)
    SELECT d.objective_id, m.minute, 1, CASE WHEN (CASE d.kind
        WHEN 'freshness' THEN m.minute + interval '1 minute' - d.bound * interval '1 millisecond' < coalesce((
            SELECT p.proven_at FROM penstock.proof AS p
            WHERE p.objective_id = d.objective_id AND p.proven_at < m.minute + interval '1 minute' ORDER BY p.proven_at DESC LIMIT 1), d.since)
        ELSE coalesce((SELECT s.depth FROM penstock.sample AS s WHERE s.queue_id = d.queue_id AND s.at < m.minute + interval '1 minute'
                       ORDER BY s.at DESC LIMIT 1), 0)
           - coalesce((SELECT s.depth FROM penstock.sample AS s WHERE s.queue_id = d.queue_id AND s.at < m.minute
                       ORDER BY s.at DESC LIMIT 1), 0) <= d.bound END) THEN 1 ELSE 0 END
    FROM due AS d CROSS JOIN LATERAL generate_series(d.begins, d.ends - interval '1 minute', interval '1 minute') AS m (minute)
)
SELECT count(*) FROM due
