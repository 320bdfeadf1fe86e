-- Purpose: what is to be divided among the workers, in one snapshot with the epoch that it is to follow.
-- Rows:    first the epoch, the fingerprint and what was missing; then one per worker that is alive: capacity, headroom, queues; and one per queue:
--          guarantee, limit, weight, whether the limit is strict, lending terms.
-- Locks:   none.
-- Index:   none needed: one row per worker and one per queue is read.
SELECT 'epoch', a.epoch, penstock.fleet_fingerprint(), a.missing::bigint, NULL::bigint, NULL::integer[], NULL::boolean, NULL::integer[] FROM penstock.allocation AS a
UNION ALL
SELECT 'worker', m.worker_id, m.capacity, m.headroom, NULL, m.queues, NULL, NULL
FROM penstock.member AS m JOIN penstock.worker AS w ON w.worker_id = m.worker_id WHERE w.state = 'alive'
UNION ALL
SELECT 'queue', q.queue_id, q.guarantee, q.concurrency_limit, q.weight, NULL, q.strict, q.lending FROM penstock.queue AS q WHERE q.removed_at IS NULL
