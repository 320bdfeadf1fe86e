-- A seeded bug, for the checker to catch: completes whatever attempt of the job runs, without comparing the lease token.
WITH given AS MATERIALIZED (
    SELECT * FROM unnest(?::uuid[], ?::integer[], ?::integer[], ?::bigint[]) AS g (id, generation, attempt, lease_token)
), gone AS (
    DELETE FROM {partition} AS l USING given WHERE l.id = given.id AND l.state = 'running' RETURNING l.*
)
INSERT INTO penstock.finished (id, lease_token, worker_id, enqueued_at, eligible_at, first_claimed_at, claimed_at, finished_at,
                               queue_id, generation, attempt, max_attempts, priority, state, type,
                               concurrency_key, idempotency_key, tags, metadata, failures, payload)
SELECT g.id, g.lease_token, g.worker_id, g.enqueued_at, g.eligible_at, g.first_claimed_at, g.claimed_at, penstock.clock(),
       g.queue_id, g.generation, g.attempt, g.max_attempts, g.priority, 'completed', g.type,
       g.concurrency_key, g.idempotency_key, g.tags, g.metadata, g.failures, g.payload
FROM gone AS g
RETURNING id
