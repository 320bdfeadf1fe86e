-- Purpose: of jobs that this transaction has claimed, those that the limit of their keys has room for; the others are to be parked.
-- Rows:    at most the jobs given (Limits.CLAIM_BATCH).
-- Locks:   an advisory lock per key until the transaction ends, none of them waited for.
-- Index:   key_holder's primary key, waiting_parked (queue_id, concurrency_key, priority, position).
-- Parameters: queue; ids, lease tokens, segments and keys of the jobs, in order.
SELECT penstock.admit(?, ?::uuid[], ?::bigint[], ?::smallint[], ?::text[])
