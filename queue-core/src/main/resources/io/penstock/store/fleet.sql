-- Purpose: what is to be divided among the workers, in one snapshot with the epoch that it is to follow.
-- Rows:    first the epoch, the fingerprint, what was missing, and whether heavy queues gave way and are to; then one per worker that is alive: capacity, headroom, queues; and one per queue:
--          guarantee, limit, weight, whether the limit is strict, lending terms, whether it is heavy.
-- Locks:   none.
-- Index:   none needed: one row per worker and one per queue is read.
SELECT 'epoch', a.epoch, penstock.fleet_fingerprint(), a.missing::bigint, NULL::bigint, NULL::integer[], a.gives_way, NULL::integer[], penstock.gives_way() FROM penstock.allocation AS a
UNION ALL
SELECT 'worker', m.worker_id, m.capacity, m.headroom, NULL, m.queues, NULL, NULL, NULL
FROM penstock.member AS m JOIN penstock.worker AS w ON w.worker_id = m.worker_id WHERE w.state = 'alive'
UNION ALL
SELECT 'queue', q.queue_id, q.guarantee, q.concurrency_limit, q.weight, NULL, q.strict, q.lending, q.heavy FROM penstock.queue AS q WHERE q.removed_at IS NULL
