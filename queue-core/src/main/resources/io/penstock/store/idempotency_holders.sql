-- Purpose: the jobs that hold an idempotency key, for a person who knows nothing but the key.
-- Rows:    at most one per queue.
-- Locks:   none.
-- Index:   idempotency's primary key, once for each queue.
-- Parameters: key.
WITH asked AS MATERIALIZED (SELECT ?::text AS key)
SELECT holder.job_id
FROM asked CROSS JOIN penstock.queue AS q CROSS JOIN LATERAL (
    SELECT i.job_id FROM penstock.idempotency AS i WHERE i.queue_id = q.queue_id AND i.key = asked.key LIMIT 1) AS holder
