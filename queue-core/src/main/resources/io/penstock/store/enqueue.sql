-- Purpose: enqueues a batch into one queue, and tells the transaction that did.
-- Rows:    at most Limits.ENQUEUE_BATCH.
-- Locks:   none that anybody could wait for; the same idempotency key excepted.
-- Index:   queue's unique name; idempotency's primary key.
-- Parameters: queue, jobs.
SELECT job_id, created, eligible_at, pg_current_xact_id()::text FROM penstock.enqueue_batch(?, ?::jsonb)
