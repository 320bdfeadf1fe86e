-- Purpose: removes a schedule; answers whether there was one.
-- Rows:    one.
-- Locks:   the schedule's row.
-- Index:   schedule_name.
-- Parameters: name.
SELECT penstock.remove_schedule(?)
