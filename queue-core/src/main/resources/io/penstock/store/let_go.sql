-- Purpose: makes room for the keys of attempts that this transaction has ended, and of no other.
-- Rows:    one; removes at most the attempts given (Limits.COMPLETION_BATCH).
-- Locks:   their rows in key_holder, SKIP LOCKED: a sweep may be removing the same.
-- Index:   key_holder's primary key, {partition}_id.
-- LIMIT 1, of one row at most: else a statistic that says "empty" makes it a walk through all jobs of the leaf.
-- Parameters: keys, ids, lease tokens; queue.
WITH ended AS MATERIALIZED (
    SELECT h.place
    FROM unnest(?::text[], ?::uuid[], ?::bigint[]) AS e (key, id, lease_token) CROSS JOIN LATERAL (
        SELECT h.ctid AS place FROM penstock.key_holder AS h
        WHERE h.queue_id = ? AND h.concurrency_key = e.key AND h.job_id = e.id AND h.lease_token = e.lease_token
          AND (SELECT true FROM {partition} AS l
               WHERE l.id = h.job_id AND l.lease_token = h.lease_token AND l.state = 'running' LIMIT 1) IS NULL
        FOR UPDATE SKIP LOCKED) AS h
), gone AS (
    DELETE FROM penstock.key_holder WHERE ctid = ANY (ARRAY(SELECT place FROM ended)) RETURNING job_id
)
SELECT count(*) FROM gone
