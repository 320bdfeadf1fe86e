-- Purpose: makes the slots of a queue whose limit is strict, as far as they are not there.
-- Rows:    one per slot of the limit; none if there is nothing to make.
-- Locks:   none but those of new rows.
-- Index:   queue's primary key, slot's.
-- Parameters: queue.
INSERT INTO penstock.slot (queue_id, number)
SELECT q.queue_id, n FROM penstock.queue AS q CROSS JOIN generate_series(1, q.concurrency_limit) AS n
WHERE q.queue_id = ? AND q.strict
ON CONFLICT DO NOTHING
