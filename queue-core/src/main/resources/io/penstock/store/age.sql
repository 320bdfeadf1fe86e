-- Purpose: moves jobs of one leaf that have waited too long for their level to the end of the next higher one: low after the time given,
--          normal after twice, high after three times.
-- Rows:    one; looks at no more than Limits.PARK_BATCH jobs of each level, the first in line.
-- Locks:   the rows moved, SKIP LOCKED.
-- Index:   {partition}_claim (priority, position), each level from its own floor; then by place.
-- Parameters: the floors of the levels 1 to 3, as an array; how many jobs of each level; the time in milliseconds.
WITH line AS MATERIALIZED (
    SELECT l.place, l.eligible_at, 4 - level.number AS times
    FROM unnest(ARRAY[1, 2, 3]::smallint[], ?::bigint[]) AS level (number, floor) CROSS JOIN LATERAL (
        SELECT l.ctid AS place, l.eligible_at FROM {partition} AS l
        WHERE l.priority = level.number AND l.position > level.floor AND l.state = 'available'
        ORDER BY l.position LIMIT ?) AS l
), held AS MATERIALIZED (
    SELECT ctid AS place FROM {partition}
    WHERE ctid = ANY (ARRAY(SELECT l.place FROM line AS l
                            WHERE l.eligible_at <= (SELECT penstock.clock()) - l.times * ?::bigint * interval '1 millisecond'))
      AND state = 'available'
    FOR UPDATE SKIP LOCKED
), gone AS (
    DELETE FROM {partition} WHERE ctid = ANY (ARRAY(SELECT place FROM held)) RETURNING *
), moved AS (
    INSERT INTO penstock.live (id, position, lease_token, enqueued_at, eligible_at, first_claimed_at, queue_id, generation, attempt,
                               max_attempts, segment, priority, type, concurrency_key, idempotency_key, tags, metadata, failures, payload, counted)
    SELECT g.id, penstock.draw_position(format('penstock.position_q%s', g.queue_id)::regclass), g.lease_token, g.enqueued_at,
           g.eligible_at, g.first_claimed_at, g.queue_id, g.generation, g.attempt, g.max_attempts, q.write_segment, g.priority - 1, g.type,
           g.concurrency_key, g.idempotency_key, g.tags, g.metadata, g.failures, g.payload, g.counted
    FROM gone AS g JOIN penstock.queue AS q ON q.queue_id = g.queue_id
    ORDER BY g.priority, g.position
    ON CONFLICT DO NOTHING
)
SELECT count(*) FROM gone
