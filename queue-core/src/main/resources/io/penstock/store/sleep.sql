-- Purpose: says that a worker sleeps and wants to be woken for a queue.
-- Rows:    one.
-- Locks:   none that anybody waits for.
-- Index:   sleeper's primary key.
-- Parameters: worker, queues.
INSERT INTO penstock.sleeper (queue_id, worker_id) SELECT queue_id, ? FROM unnest(?::integer[]) AS s (queue_id) ON CONFLICT DO NOTHING
