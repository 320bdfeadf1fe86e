-- Purpose: the transactions in progress, in any database and prepared ones too, that began to write before a given one.
-- Rows:    one per such transaction.
-- Locks:   none.
-- Index:   none needed.
-- The transaction of the given id must have ended: a snapshot lists nobody above the last id that has.
-- Parameters: the id.
SELECT id::text FROM pg_snapshot_xip(pg_current_snapshot()) AS id WHERE id < ?::text::xid8
