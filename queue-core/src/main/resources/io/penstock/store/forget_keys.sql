-- Purpose: forgets idempotency keys whose time is over.
-- Rows:    one; deletes at most 5,000 keys.
-- Locks:   the rows of those keys, SKIP LOCKED.
-- Index:   idempotency_keep_until.
SELECT penstock.forget_keys()
