-- Purpose: takes parked jobs whose keys have room for one worker, a key at a time, each key in its turn.
-- Rows:    at most the number wanted (Limits.CLAIM_BATCH), and a last one without an id: the key to go on after, and the
--          state 'parked' if anything is.
-- Locks:   an advisory lock per key until the transaction ends, none of them waited for; the jobs' rows, SKIP LOCKED.
-- Index:   waiting_parked (queue_id, concurrency_key, priority, position), by key; key_holder's primary key.
-- Parameters: queue, worker, number wanted, the key after which to begin, how many keys to look at.
SELECT id, generation, attempt, lease_token, priority, position, type, payload::text AS payload, tags, metadata::text AS metadata,
       concurrency_key, max_attempts, eligible_at, first_claimed_at, claimed_at, counted < 0 AS was_paused, segment, state
FROM penstock.take_parked(?, ?, ?, ?, ?)
