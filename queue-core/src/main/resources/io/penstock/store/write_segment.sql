-- Purpose: the segment that enqueuers write to.
-- Rows:    one.
-- Locks:   none.
-- Index:   queue's primary key.
-- Parameters: queue.
SELECT write_segment FROM penstock.queue WHERE queue_id = ?
