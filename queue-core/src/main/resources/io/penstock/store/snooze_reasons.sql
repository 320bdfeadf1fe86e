-- Purpose: why jobs of a queue were put off, the most frequent reasons first: for a person.
-- Rows:    at most the number given; looks at the jobs that are due next, up to a number.
-- Locks:   none.
-- Index:   waiting_due (queue_id, due_at).
-- Parameters: queue, how many jobs to look at, the number.
SELECT n.reason, count(*) FROM (
    SELECT w.reason FROM penstock.waiting AS w WHERE w.queue_id = ? ORDER BY w.due_at LIMIT ?) AS n
WHERE n.reason IS NOT NULL GROUP BY n.reason ORDER BY count(*) DESC, n.reason LIMIT ?
