-- Purpose: runs a finished job again, as its next generation. The finished row stays.
-- Rows:    one.
-- Locks:   none: lock_job.sql ran before it, so that two operators make one retry.
-- Index:   the (id) index of every leaf and day.
-- Parameters: id, id, id, id.
WITH newest AS MATERIALIZED (
    SELECT * FROM penstock.finished AS f
    WHERE f.id = ?
      AND f.generation = (SELECT max(generation) FROM penstock.finished WHERE id = ?)
)
INSERT INTO penstock.live (id, position, lease_token, enqueued_at, eligible_at, queue_id, generation, max_attempts, segment, priority, type,
                           concurrency_key, idempotency_key, tags, metadata, failures, payload)
SELECT n.id, penstock.draw_position(format('penstock.position_q%s', n.queue_id)::regclass), n.lease_token, moment, moment,
       n.queue_id, n.generation + 1, n.max_attempts, q.write_segment, n.priority, n.type, n.concurrency_key, n.idempotency_key, n.tags,
       n.metadata, n.failures, n.payload
FROM newest AS n JOIN penstock.queue AS q ON q.queue_id = n.queue_id CROSS JOIN penstock.clock() AS moment
WHERE NOT EXISTS (SELECT FROM penstock.live WHERE id = ?) AND NOT EXISTS (SELECT FROM penstock.waiting WHERE id = ?)
RETURNING generation
