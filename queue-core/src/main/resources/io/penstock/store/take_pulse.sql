-- Purpose: takes a duty that one process does for all, unless it was taken a moment ago.
-- Rows:    one, or none; then another process does it.
-- Locks:   the duty's row, SKIP LOCKED. A process that is frozen with it keeps the duty from being done for as long as its transaction may stand idle.
-- Index:   pulse's primary key.
-- A moment that is to come was written by a clock that has been set back since.
-- Parameters: duty; milliseconds since it was taken last.
WITH due AS MATERIALIZED (
    SELECT p.duty, n.moment FROM penstock.pulse AS p CROSS JOIN penstock.clock() AS n (moment)
    WHERE p.duty = ? AND (p.at <= n.moment - ?::bigint * interval '1 millisecond' OR p.at > n.moment)
    FOR UPDATE OF p SKIP LOCKED
)
UPDATE penstock.pulse AS p SET at = d.moment FROM due AS d WHERE p.duty = d.duty RETURNING p.duty
