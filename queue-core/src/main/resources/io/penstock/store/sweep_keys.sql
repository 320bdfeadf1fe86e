-- Purpose: makes room for the keys of one leaf's attempts that ended by other ways than let_go: rescued, given back, ended by their
--          handlers. An attempt and what holds its key were made by one transaction, so who sees the one without the other is right.
-- Rows:    one; looks at the attempts that run in the leaf under a limit per key.
-- Locks:   the rows removed, SKIP LOCKED: others sweep too.
-- Index:   key_holder's primary key, {partition}_id.
-- LIMIT 1, of one row at most: else a statistic that says "empty" makes it a walk through all jobs of the leaf.
-- Parameters: queue, segment.
WITH ended AS MATERIALIZED (
    SELECT h.ctid AS place FROM penstock.key_holder AS h
    WHERE h.queue_id = ? AND h.segment = ?
      AND (SELECT true FROM {partition} AS l
           WHERE l.id = h.job_id AND l.lease_token = h.lease_token AND l.state = 'running' LIMIT 1) IS NULL
    FOR UPDATE SKIP LOCKED
), gone AS (
    DELETE FROM penstock.key_holder WHERE ctid = ANY (ARRAY(SELECT place FROM ended)) RETURNING job_id
)
SELECT count(*) FROM gone
