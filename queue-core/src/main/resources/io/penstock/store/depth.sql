-- Purpose: how many jobs of one leaf are eligible and unclaimed, up to a cap: a longer backlog costs no more to look at.
-- Rows:    one; reads at most the cap.
-- Locks:   none.
-- Index:   {partition}_claim (priority, position), from its start.
-- Parameters: the cap.
SELECT count(*)
FROM (SELECT FROM {partition} WHERE priority IN (0, 1, 2, 3) AND position > 0 AND state = 'available' LIMIT ?) AS waiting
