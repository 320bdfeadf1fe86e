-- Purpose: pauses a schedule; answers whether there is one.
-- Rows:    one.
-- Locks:   the schedule's row.
-- Index:   schedule_name.
-- Parameters: name.
SELECT penstock.pause_schedule(?)
