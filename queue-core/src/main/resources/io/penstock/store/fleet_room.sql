-- Purpose: whether a guarantee has room: what the other queues are guaranteed, and what the workers that are alive bring.
-- Rows:    one.
-- Locks:   none.
-- Index:   none needed: one row per worker and one per queue is read.
-- Parameters: queue.
SELECT (SELECT coalesce(sum(q.guarantee), 0) FROM penstock.queue AS q WHERE q.removed_at IS NULL AND q.name <> ?),
       count(*), coalesce(sum(m.capacity), 0), coalesce(sum(m.headroom), 0)
FROM penstock.member AS m JOIN penstock.worker AS w ON w.worker_id = m.worker_id WHERE w.state = 'alive'
