-- Purpose: empties a drained segment, and lets enqueuers write to it if wanted.
-- Rows:    one.
-- Locks:   the segment's table, ACCESS EXCLUSIVE, waited for at most 50 ms; then the queue's row if it is to be written to.
-- Index:   {partition}_claim (priority, position), from the floors.
-- Parameters: queue, segment, floors, open transactions, since which position each, the position from which it is written to.
SELECT penstock.clear_segment(?, ?, ?::bigint[], ?::text[]::xid8[], ?::bigint[], ?::bigint)
