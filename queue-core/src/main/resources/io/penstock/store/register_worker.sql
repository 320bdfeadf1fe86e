-- Purpose: a new number for a worker that starts, or that has to start anew after it was fenced.
-- Rows:    one.
-- Locks:   none.
-- Index:   none needed.
-- Parameters: name, lease in milliseconds.
INSERT INTO penstock.worker (name, lease, started_at, heartbeat_at)
VALUES (?, ?::bigint * interval '1 millisecond', penstock.clock(), penstock.clock())
RETURNING worker_id
