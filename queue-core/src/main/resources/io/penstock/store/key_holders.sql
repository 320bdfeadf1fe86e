-- Purpose: the jobs that hold an idempotency key, or took the key of a unique job last, for a person who knows nothing but the key.
-- Rows:    at most two per queue.
-- Locks:   none.
-- Index:   the primary keys of idempotency and unique_key, once for each queue.
-- Parameters: key.
WITH asked AS MATERIALIZED (SELECT ?::text AS key)
SELECT holder.job_id
FROM asked CROSS JOIN penstock.queue AS q CROSS JOIN LATERAL (
    (SELECT i.job_id FROM penstock.idempotency AS i WHERE i.queue_id = q.queue_id AND i.key = asked.key LIMIT 1)
    UNION
    (SELECT u.job_id FROM penstock.unique_key AS u WHERE u.queue_id = q.queue_id AND u.key = asked.key LIMIT 1)) AS holder
