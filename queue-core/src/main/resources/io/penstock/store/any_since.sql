-- Purpose: tells whether a leaf has jobs that became eligible at a moment or after it and have not ended, or its queue has some that wait for
--          later.
-- Rows:    one.
-- Locks:   none.
-- Index:   {partition}_eligible (eligible_at); waiting_eligible (queue_id, eligible_at).
-- Parameters: the moment, in microseconds of the epoch; queue.
WITH asked AS MATERIALIZED (
    SELECT timestamptz 'epoch' + ?::bigint * interval '1 microsecond' AS moment, ?::integer AS queue_id
)
SELECT (SELECT true FROM {partition} AS l WHERE l.eligible_at >= (SELECT moment FROM asked) ORDER BY l.eligible_at LIMIT 1) IS NOT NULL
    OR (SELECT true FROM penstock.waiting AS w
        WHERE w.queue_id = (SELECT queue_id FROM asked) AND w.eligible_at >= (SELECT moment FROM asked)
        ORDER BY w.eligible_at LIMIT 1) IS NOT NULL
