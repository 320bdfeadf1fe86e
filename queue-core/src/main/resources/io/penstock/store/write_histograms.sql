-- Purpose: adds counts of times.
-- Rows:    one per histogram.
-- Locks:   none.
-- Index:   none needed: rows are appended.
-- Parameters: the histograms, a JSON array of {"queue_id", "type", "measure", "lowest", "counts"}.
INSERT INTO penstock.histogram (queue_id, type, minute, measure, lowest, counts)
SELECT h.queue_id, h.type, date_bin('1 minute', n.moment, 'epoch'), h.measure, h.lowest, h.counts
FROM jsonb_to_recordset(?::jsonb) AS h (queue_id integer, type text, measure text, lowest smallint, counts integer[])
CROSS JOIN (SELECT penstock.clock()) AS n (moment)
RETURNING queue_id
