-- Purpose: counts of times of the last minutes.
-- Rows:    one per queue, type, measure, minute and process.
-- Locks:   none.
-- Index:   histogram_minute (minute, queue_id).
-- Parameters: how many minutes.
SELECT h.queue_id, h.type, h.measure, h.lowest, h.counts
FROM penstock.histogram AS h
WHERE h.minute > (SELECT penstock.clock()) - ?::integer * interval '1 minute'
