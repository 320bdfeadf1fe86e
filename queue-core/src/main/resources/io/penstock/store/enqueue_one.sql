-- Purpose: enqueues one job without an idempotency key, and tells the transaction that did.
-- Rows:    one.
-- Locks:   none that anybody could wait for.
-- Index:   queue's unique name.
-- Parameters: queue, id, type, payload, time, priority, maximum of attempts, concurrency key, tags, metadata.
SELECT job_id, created, eligible_at, pg_current_xact_id()::text
FROM penstock.enqueue_one(?, ?::uuid, ?, ?::jsonb, ?::timestamptz, ?, ?, ?, ?::text[], ?::jsonb)
