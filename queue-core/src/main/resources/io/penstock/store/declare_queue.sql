-- Purpose: sets a queue's concurrency budget and what it keeps to what a service declares, unless it has declared that before: what an
--          operator has set since stays.
-- Rows:    one, or none.
-- Locks:   the queue's row; enqueuers only read it.
-- Index:   queue_name.
-- A limit or a rate per key that is lifted stays as a limit of 0, so that claims go on taking what is parked; where there never was one, it stays null.
-- Parameters: guarantee, limit, weight, whether the limit is strict, lending terms, days that completed and failed jobs are kept, the limit per key or 0,
-- the rates of the queue and of a key, each as jobs and milliseconds or null, the ageing in
-- milliseconds or null, whether it is heavy, all of that as text, name, the text again.
UPDATE penstock.queue SET guarantee = ?, concurrency_limit = ?, weight = ?, strict = ?, lending = ?, keep_completed = ?, keep_failed = ?,
    per_key = coalesce(nullif(?, 0), per_key - per_key, CASE WHEN key_rate IS NOT NULL THEN 0 END), rate = ?, key_rate = ?, ageing = ?, heavy = ?, declared = ?
WHERE name = ? AND removed_at IS NULL AND declared IS DISTINCT FROM ?
