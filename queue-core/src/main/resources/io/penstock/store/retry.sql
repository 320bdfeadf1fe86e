-- Purpose: runs a finished job again, as its next generation. The finished row stays.
-- Rows:    one.
-- Locks:   none: lock_job.sql ran before it, so that two operators make one retry.
-- Index:   the (id) index of the queue's three leaves, waiting's primary key, finished_id of the days from the one given.
-- What is given replaces what the finished row has.
-- Parameters: id and the earliest moment that it can have ended, twice; payload, metadata, tags, priority, maximum of attempts,
--             each null to keep what the finished row has; id twice.
WITH newest AS MATERIALIZED (
    SELECT * FROM penstock.finished AS f
    WHERE f.id = ? AND f.finished_at >= ?
      AND f.generation = (SELECT max(generation) FROM penstock.finished WHERE id = ? AND finished_at >= ?)
), edit AS MATERIALIZED (
    SELECT ?::jsonb AS payload, ?::jsonb AS metadata, ?::text[] AS tags, ?::smallint AS priority, ?::integer AS max_attempts
)
INSERT INTO penstock.live (id, position, lease_token, enqueued_at, eligible_at, queue_id, generation, max_attempts, segment, priority, type,
                           concurrency_key, idempotency_key, tags, metadata, failures, payload)
SELECT n.id, penstock.draw_position(format('penstock.position_q%s', n.queue_id)::regclass), n.lease_token, moment, moment,
       n.queue_id, n.generation + 1, coalesce(e.max_attempts, n.max_attempts), q.write_segment, coalesce(e.priority, n.priority), n.type,
       n.concurrency_key, n.idempotency_key, coalesce(e.tags, n.tags), coalesce(e.metadata, n.metadata), n.failures,
       coalesce(e.payload, n.payload)
FROM newest AS n JOIN penstock.queue AS q ON q.queue_id = n.queue_id CROSS JOIN edit AS e CROSS JOIN penstock.clock() AS moment
WHERE NOT EXISTS (SELECT FROM {queue} WHERE id = ?) AND NOT EXISTS (SELECT FROM penstock.waiting WHERE id = ?)
RETURNING generation
