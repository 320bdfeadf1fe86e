-- Purpose: enqueues the jobs of a batch, remembers what comes after them, and tells the transaction that did.
-- Rows:    at most Limits.ENQUEUE_BATCH.
-- Locks:   none that anybody could wait for; the same key of a job excepted.
-- Index:   queue's unique name; the primary keys of batch, batch_member, idempotency and unique_key.
-- Parameters: batch, groups of jobs, steps.
SELECT job_id, created, eligible_at, pg_current_xact_id()::text FROM penstock.open_batch(?, ?::jsonb, ?::jsonb)
