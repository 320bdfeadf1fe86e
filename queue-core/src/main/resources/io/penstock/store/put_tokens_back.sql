-- Purpose: puts tokens of a queue's rate back that this transaction has taken and not used.
-- Rows:    one.
-- Locks:   the bucket's row, which the transaction has locked before.
-- Index:   bucket's primary key.
-- Parameters: the number, queue.
UPDATE penstock.bucket AS b SET full_at = b.full_at - ? * penstock.token_time(q.rate)
FROM penstock.queue AS q
WHERE q.queue_id = ? AND q.rate IS NOT NULL AND b.queue_id = q.queue_id AND b.concurrency_key = ''
