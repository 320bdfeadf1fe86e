-- Purpose: puts jobs back in line, at its end, that were parked for a pause which is over, in the order in which they stood there.
-- Rows:    the queue, once per job; at most the number given (Limits.PROMOTION_BATCH), of one pause.
-- Locks:   their rows, SKIP LOCKED: several processes may do it at once.
-- Index:   waiting_paused (queue_id, parked_for, priority, position), from pause to pause; pause's primary key.
-- The highest bit of what is counted says that the job was paused, for who looks for what made it late.
-- Positions are drawn after the sort. A job whose id is live already was enqueued twice by its caller: the two become one.
-- Parameters: the number.
WITH RECURSIVE parked (queue_id, subject) AS (
    (SELECT w.queue_id, w.parked_for FROM penstock.waiting AS w
     WHERE w.queue_id > 0 AND w.parked_for IS NOT NULL ORDER BY w.queue_id, w.parked_for LIMIT 1)
    UNION ALL
    SELECT n.queue_id, n.parked_for
    FROM parked AS p CROSS JOIN LATERAL (
        SELECT w.queue_id, w.parked_for FROM penstock.waiting AS w
        WHERE w.parked_for IS NOT NULL AND (w.queue_id, w.parked_for) > (p.queue_id, p.subject)
        ORDER BY w.queue_id, w.parked_for LIMIT 1) AS n
), over AS MATERIALIZED (
    SELECT p.queue_id, p.subject FROM parked AS p
    WHERE NOT EXISTS (SELECT FROM penstock.pause AS still
                      WHERE still.queue_id = p.queue_id AND still.subject = p.subject AND still.until > penstock.clock())
    LIMIT 1
), first AS MATERIALIZED (
    SELECT row.place
    FROM over AS o CROSS JOIN LATERAL (
        SELECT w.ctid AS place FROM penstock.waiting AS w
        WHERE w.queue_id = o.queue_id AND w.parked_for = o.subject
        ORDER BY w.priority, w.position LIMIT ? FOR UPDATE SKIP LOCKED) AS row
), gone AS (
    DELETE FROM penstock.waiting WHERE ctid = ANY (ARRAY(SELECT place FROM first)) RETURNING *
), arrived AS (
    INSERT INTO penstock.live (id, position, lease_token, enqueued_at, eligible_at, first_claimed_at, queue_id, generation, attempt,
                               max_attempts, segment, priority, type, concurrency_key, idempotency_key, tags, metadata, failures, payload, counted)
    SELECT g.id, penstock.draw_position(format('penstock.position_q%s', g.queue_id)::regclass), g.lease_token, g.enqueued_at,
           g.eligible_at, g.first_claimed_at, g.queue_id, g.generation, g.attempt, g.max_attempts, q.write_segment, g.priority, g.type,
           g.concurrency_key, g.idempotency_key, g.tags, g.metadata, g.failures, g.payload, g.counted | ~2147483647
    FROM gone AS g JOIN penstock.queue AS q ON q.queue_id = g.queue_id
    ORDER BY g.priority, g.position
    ON CONFLICT DO NOTHING
)
SELECT queue_id FROM gone
