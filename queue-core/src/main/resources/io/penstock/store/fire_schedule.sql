-- Purpose: makes the jobs of due ticks and moves their schedule on, if it still stands where it was seen.
-- Rows:    one schedule, at most Limits.CATCH_UP_BATCH jobs.
-- Locks:   the schedule's row, SKIP LOCKED; then the queue's leaf as an insert does, for 50 ms at most.
-- Index:   schedule's primary key; what penstock.enqueue_batch uses.
-- Parameters: id, revision, the tick at which it was seen, ticks, the tick after them.
SELECT queue_id, jobs, recovered FROM penstock.fire_schedule(?, ?, ?::timestamptz, ?::timestamptz[], ?::timestamptz)
