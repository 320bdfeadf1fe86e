-- Purpose: the lowest position of each level at which a job is available, to move the claim floors up to.
-- Rows:    one.
-- Locks:   none, and none respected: a job that another claim holds but has not committed counts as available.
-- Index:   {partition}_claim (priority, position), from the floor known so far.
-- Parameters: floor for each of the four levels.
SELECT
    (SELECT position FROM {partition} WHERE priority = 0 AND position > ? AND state = 'available' ORDER BY position LIMIT 1),
    (SELECT position FROM {partition} WHERE priority = 1 AND position > ? AND state = 'available' ORDER BY position LIMIT 1),
    (SELECT position FROM {partition} WHERE priority = 2 AND position > ? AND state = 'available' ORDER BY position LIMIT 1),
    (SELECT position FROM {partition} WHERE priority = 3 AND position > ? AND state = 'available' ORDER BY position LIMIT 1)
