-- Purpose: the first keys of a queue that have parked jobs, with how many of each run: for a person.
-- Rows:    at most the number given; reads one parked job of each.
-- Locks:   none.
-- Index:   waiting_parked (queue_id, concurrency_key, priority, position), from key to key; key_holder's primary key.
-- Parameters: queue, queue, the number, queue.
WITH RECURSIVE parked (key, ordinal) AS (
    SELECT (SELECT w.concurrency_key FROM penstock.waiting AS w
            WHERE w.queue_id = ? AND w.state = 'parked' AND w.parked_for IS NULL ORDER BY w.concurrency_key LIMIT 1), 1
    UNION ALL
    SELECT (SELECT w.concurrency_key FROM penstock.waiting AS w
            WHERE w.queue_id = ? AND w.state = 'parked' AND w.parked_for IS NULL AND w.concurrency_key > p.key ORDER BY w.concurrency_key LIMIT 1), p.ordinal + 1
    FROM parked AS p WHERE p.key IS NOT NULL AND p.ordinal < ?
)
SELECT p.key, (SELECT count(*) FROM penstock.key_holder AS h WHERE h.queue_id = ? AND h.concurrency_key = p.key)
FROM parked AS p WHERE p.key IS NOT NULL ORDER BY p.ordinal
