-- Purpose: all objectives of queues that are there, in order of queue, kind and type, and up to which eligible time their jobs were looked
--          at and which minute was judged last, in microseconds of the epoch.
-- Rows:    one per objective.
-- Locks:   none.
-- Index:   none needed: one row per objective is read.
SELECT o.objective_id, q.queue_id, q.name, o.kind, o.type, o.bound, o.target, o.period, o.evidence, o.minimum, o.declared, o.since,
       CASE WHEN isfinite(o.looked_to) THEN (extract(epoch FROM o.looked_to) * 1000000)::bigint ELSE 0 END,
       CASE WHEN isfinite(o.sliced_to) THEN (extract(epoch FROM o.sliced_to) * 1000000)::bigint ELSE 0 END
FROM penstock.objective AS o JOIN penstock.queue AS q ON q.queue_id = o.queue_id
WHERE q.removed_at IS NULL
ORDER BY q.name, o.kind, o.type NULLS FIRST
