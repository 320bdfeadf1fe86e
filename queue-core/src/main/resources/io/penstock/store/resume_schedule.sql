-- Purpose: lets a paused schedule go on from now; answers whether there is one.
-- Rows:    one.
-- Locks:   the schedule's row.
-- Index:   schedule_name.
-- Parameters: name.
SELECT penstock.resume_schedule(?)
