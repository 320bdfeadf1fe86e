-- Purpose: how many jobs of a queue wait, and how many were discarded since a moment, each up to a cap; when the next is due.
-- Rows:    one; looks at no more than the cap of jobs in either room.
-- Locks:   none.
-- Index:   waiting_due (queue_id, due_at); finished_discarded (queue_id, finished_at) of the days from that moment.
-- Parameters: queue, the cap, queue, queue, the moment, the cap.
SELECT (SELECT count(*) FROM (SELECT FROM penstock.waiting WHERE queue_id = ? LIMIT ?) AS w),
       (SELECT min(first.due_at) FROM (SELECT due_at FROM penstock.waiting WHERE queue_id = ? ORDER BY due_at LIMIT 1) AS first),
       (SELECT count(*) FROM (SELECT FROM penstock.finished WHERE queue_id = ? AND state = 'discarded' AND finished_at >= ? LIMIT ?) AS d)
