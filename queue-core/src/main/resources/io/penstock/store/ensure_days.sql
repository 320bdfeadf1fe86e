-- Purpose: makes the days of "finished" that are missing, a week ahead.
-- Rows:    one.
-- Locks:   SHARE UPDATE EXCLUSIVE on "finished", at most 50 ms waited for; nobody who inserts is held up.
-- Index:   none needed.
SELECT penstock.ensure_days()
