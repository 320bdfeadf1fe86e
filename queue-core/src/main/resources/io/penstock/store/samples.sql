-- Purpose: what queues were at after a moment, and the moments, in microseconds of the epoch, in their order.
-- Rows:    one per queue and look; a busy queue has one a second for the last two hours.
-- Locks:   none.
-- Index:   sample_at.
-- Parameters: the moment, in microseconds of the epoch.
SELECT s.queue_id, (extract(epoch FROM s.at) * 1000000)::bigint, s.drawn, s.depth, s.head_age
FROM penstock.sample AS s WHERE s.at > timestamptz 'epoch' + ?::bigint * interval '1 microsecond' ORDER BY s.at
