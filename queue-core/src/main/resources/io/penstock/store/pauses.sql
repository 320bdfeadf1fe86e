-- Purpose: what is paused, of all queues, for a person.
-- Rows:    one per pause that has not ended.
-- Locks:   none.
-- Index:   none needed: pauses are few.
SELECT p.queue_id, p.subject, p.paused_at, p.paused_by, p.reason, p.until
FROM penstock.pause AS p WHERE p.until > penstock.clock() ORDER BY p.queue_id, p.subject <> 'queue', p.subject
