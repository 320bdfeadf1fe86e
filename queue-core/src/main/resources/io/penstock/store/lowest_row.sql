-- Purpose: the lowest position of each level at which there is a job, available or running: the lower bound of what a
--          rescue reads, and the sign that a segment is drained.
-- Rows:    one.
-- Locks:   none.
-- Index:   {partition}_claim (priority, position), from the floor known so far.
-- Parameters: floor for each of the four levels.
SELECT
    (SELECT position FROM {partition} WHERE priority = 0 AND position > ? ORDER BY position LIMIT 1),
    (SELECT position FROM {partition} WHERE priority = 1 AND position > ? ORDER BY position LIMIT 1),
    (SELECT position FROM {partition} WHERE priority = 2 AND position > ? ORDER BY position LIMIT 1),
    (SELECT position FROM {partition} WHERE priority = 3 AND position > ? ORDER BY position LIMIT 1)
