-- Purpose: how many slots a queue needs to keep up and to be drained in time.
-- Rows:    one; none if there is no such queue.
-- Locks:   none.
-- Index:   those of the function: sample_of_queue, histogram_minute.
-- Parameters: name.
SELECT penstock.slots_needed(q.name) FROM penstock.queue AS q WHERE q.name = ? AND q.removed_at IS NULL
