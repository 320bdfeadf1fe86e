-- Purpose: changes a queue's concurrency budget and what it keeps of ended jobs.
-- Rows:    one.
-- Locks:   the queue's row; enqueuers only read it.
-- Index:   queue_name.
-- A limit or a rate per key that is lifted stays as a limit of 0, so that claims go on taking what is parked; where there never was one, it stays null.
-- Parameters: guarantee, limit, weight, whether the limit is strict, lending terms, days that completed and failed jobs are kept, the limit per key or 0,
-- the rates of the queue and of a key, each as jobs and milliseconds or null, the ageing in
-- milliseconds or null, whether it is heavy, name, and the first twelve again.
UPDATE penstock.queue SET guarantee = ?, concurrency_limit = ?, weight = ?, strict = ?, lending = ?, keep_completed = ?, keep_failed = ?,
    per_key = coalesce(nullif(?, 0), per_key - per_key, CASE WHEN key_rate IS NOT NULL THEN 0 END), rate = ?, key_rate = ?, ageing = ?, heavy = ?
WHERE name = ? AND removed_at IS NULL
  AND (guarantee, concurrency_limit, weight, strict, lending, keep_completed, keep_failed, coalesce(per_key, 0), rate, key_rate, ageing, heavy)
      IS DISTINCT FROM (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
