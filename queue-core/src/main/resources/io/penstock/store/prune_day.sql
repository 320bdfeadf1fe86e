-- Purpose: one step of removing what no queue keeps any longer.
-- Rows:    one; deletes at most the rows of 2,000 pages of one day.
-- Locks:   rows of a day that nobody writes to any more; its table for a moment, at most 50 ms waited for, to empty it.
-- Index:   none: pages in order.
SELECT penstock.prune_day()
