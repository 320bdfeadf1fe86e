-- Purpose: batches that are to be looked at, because nobody who ended a job of theirs may have told.
-- Rows:    at most the number given.
-- Locks:   none.
-- Index:   batch_look_at.
-- Parameters: the number.
SELECT b.batch_id FROM penstock.batch AS b WHERE b.look_at <= (SELECT penstock.clock()) ORDER BY b.look_at LIMIT ?
