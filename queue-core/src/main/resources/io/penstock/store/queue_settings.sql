-- Purpose: what is set of one queue or of all, for a person.
-- Rows:    one per queue.
-- Locks:   none.
-- Index:   none needed: one row per queue is read.
-- Parameters: name, or null for all.
WITH asked AS MATERIALIZED (SELECT ?::text AS name)
SELECT q.queue_id, q.name, q.guarantee, q.concurrency_limit, q.weight, q.strict, q.lending, q.keep_completed, q.keep_failed, q.created_at,
       coalesce(q.per_key, 0), q.rate, q.key_rate, q.ageing, q.heavy
FROM penstock.queue AS q CROSS JOIN asked AS a
WHERE q.removed_at IS NULL AND (a.name IS NULL OR q.name = a.name)
ORDER BY q.name
