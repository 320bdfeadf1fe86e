-- Purpose: enqueues a schedule's job now; answers the job's id.
-- Rows:    one.
-- Locks:   none that anybody could wait for.
-- Index:   schedule_name; what penstock.enqueue uses.
-- Parameters: name.
SELECT penstock.run_schedule(?)
