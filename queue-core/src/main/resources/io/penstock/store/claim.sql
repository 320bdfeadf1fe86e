-- Purpose: takes the next jobs of one leaf for one worker, by level, then by position.
-- Rows:    at most the number wanted (Limits.CLAIM_BATCH).
-- Locks:   the rows taken, in claim order, SKIP LOCKED.
-- Index:   {partition}_claim (priority, position), each level from its own floor; the worker's primary key.
-- Changes no indexed column, so that the update stays on its page (HOT). The rows are locked first and updated by their
-- place, so that no statistic can turn the update into a join. A worker that was fenced gets nothing.
-- Attempts that were to be ended just before, and whose rows somebody else holds, still run: as many fewer are taken.
-- LIMIT 1, of one row at most: else a statistic that says "empty" makes it a walk through all jobs of the leaf.
-- Parameters: ids and lease tokens of those attempts; floor and number wanted for each of the four levels; the worker twice.
WITH held AS MATERIALIZED (
    SELECT count(*) AS attempts
    FROM unnest(?::uuid[], ?::bigint[]) AS e (id, lease_token)
    CROSS JOIN LATERAL (
        SELECT FROM {partition} AS l WHERE l.id = e.id AND l.lease_token = e.lease_token AND l.state = 'running' LIMIT 1) AS l
), urgent AS MATERIALIZED (
    SELECT ctid AS place FROM {partition}
    WHERE priority = 0 AND position > ? AND state = 'available'
    ORDER BY position LIMIT greatest(0, ? - (SELECT attempts FROM held)) FOR UPDATE SKIP LOCKED
), high AS MATERIALIZED (
    SELECT ctid AS place FROM {partition}
    WHERE priority = 1 AND position > ? AND state = 'available'
    ORDER BY position LIMIT greatest(0, ? - (SELECT attempts FROM held) - (SELECT count(*) FROM urgent)) FOR UPDATE SKIP LOCKED
), normal AS MATERIALIZED (
    SELECT ctid AS place FROM {partition}
    WHERE priority = 2 AND position > ? AND state = 'available'
    ORDER BY position
    LIMIT greatest(0, ? - (SELECT attempts FROM held) - (SELECT count(*) FROM urgent) - (SELECT count(*) FROM high)) FOR UPDATE SKIP LOCKED
), low AS MATERIALIZED (
    SELECT ctid AS place FROM {partition}
    WHERE priority = 3 AND position > ? AND state = 'available'
    ORDER BY position
    LIMIT greatest(0, ? - (SELECT attempts FROM held) - (SELECT count(*) FROM urgent) - (SELECT count(*) FROM high)
                     - (SELECT count(*) FROM normal)) FOR UPDATE SKIP LOCKED
), taken AS (
    UPDATE {partition}
    SET state = 'running',
        worker_id = ?::bigint,
        lease_token = lease_token + 1,
        attempt = attempt + 1,
        claimed_at = penstock.clock(),
        first_claimed_at = coalesce(first_claimed_at, penstock.clock())
    WHERE ctid = ANY (ARRAY(SELECT place FROM urgent UNION ALL SELECT place FROM high
                            UNION ALL SELECT place FROM normal UNION ALL SELECT place FROM low))
      AND EXISTS (SELECT FROM penstock.worker WHERE worker_id = ?::bigint AND state = 'alive')
    RETURNING id, generation, attempt, lease_token, priority, position, type, payload::text AS payload, tags, metadata::text AS metadata,
              concurrency_key, max_attempts, eligible_at, first_claimed_at, claimed_at, counted < 0 AS was_paused
)
SELECT * FROM taken ORDER BY priority, position
