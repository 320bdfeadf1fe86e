-- Purpose: moves jobs of one queue that have become due from "waiting" to the end of its line.
-- Rows:    at most the number given (Limits.PROMOTION_BATCH).
-- Locks:   their rows, in order of due time, SKIP LOCKED: several processes may promote at once.
-- Index:   waiting_due (queue_id, due_at), from the floor. The clock is read once: a volatile function is no index
--          condition, and every row that waits would be filtered.
-- Positions are drawn after the sort, whatever the join did to the order before it.
-- A job whose id is live already was enqueued twice by its caller: the two become one.
-- Parameters: queue, the due time up to which nothing waits, the number.
WITH due AS MATERIALIZED (
    SELECT ctid AS place FROM penstock.waiting
    WHERE queue_id = ? AND due_at > timestamptz 'epoch' + ?::bigint * interval '1 microsecond'
      AND due_at <= (SELECT penstock.clock())
    ORDER BY due_at LIMIT ? FOR UPDATE SKIP LOCKED
), gone AS (
    DELETE FROM penstock.waiting WHERE ctid = ANY (ARRAY(SELECT place FROM due)) RETURNING *
), arrived AS (
    INSERT INTO penstock.live (id, position, lease_token, enqueued_at, eligible_at, first_claimed_at, queue_id, generation, attempt,
                               max_attempts, segment, priority, type, concurrency_key, idempotency_key, tags, metadata, failures, payload, counted)
    SELECT g.id, penstock.draw_position(format('penstock.position_q%s', g.queue_id)::regclass), g.lease_token, g.enqueued_at,
           g.eligible_at, g.first_claimed_at, g.queue_id, g.generation, g.attempt, g.max_attempts, q.write_segment, g.priority, g.type,
           g.concurrency_key, g.idempotency_key, g.tags, g.metadata, g.failures, g.payload, g.counted
    FROM gone AS g JOIN penstock.queue AS q ON q.queue_id = g.queue_id
    ORDER BY g.due_at
    ON CONFLICT DO NOTHING
)
SELECT count(*) FROM gone
