-- Purpose: says what a worker brings.
-- Rows:    one.
-- Locks:   none.
-- Index:   member's primary key.
-- Parameters: worker, capacity, headroom, queues in order.
INSERT INTO penstock.member (worker_id, capacity, headroom, queues) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING
