-- Purpose: takes tokens of a queue's rate, as many as there are and are wanted.
-- Rows:    one: how many, and in how many microseconds there will be another if those were too few.
-- Locks:   an advisory lock per queue until the transaction ends, not waited for; then the bucket's row.
-- Index:   bucket's primary key.
-- Parameters: queue, number wanted.
SELECT taken, next_in FROM penstock.take_tokens(?, ?)
