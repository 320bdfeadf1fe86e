-- Purpose: forgets keys of unique jobs that have ended, some time after they were taken.
-- Rows:    one; looks at no more than 500 keys, and deletes some of them.
-- Locks:   the rows of those keys, SKIP LOCKED.
-- Index:   unique_key_look_at; for each key the (id) index of its queue's three leaves and waiting's primary key.
SELECT penstock.forget_unique_keys()
