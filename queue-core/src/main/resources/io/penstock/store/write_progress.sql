-- Purpose: keeps how far attempts say they have come.
-- Rows:    one per attempt that runs on this worker and said something new, at most Limits.SLOTS.
-- Locks:   those rows, in order of id: nobody else writes them but a worker that lost the job, or got it.
-- Index:   progress's primary key.
-- Parameters: ids, generations, lease tokens, parts done, totals, notes.
INSERT INTO penstock.progress AS p (job_id, generation, lease_token, done, total, note, written_at)
SELECT s.job_id, s.generation, s.lease_token, s.done, s.total, s.note, penstock.clock()
FROM unnest(?::uuid[], ?::integer[], ?::bigint[], ?::bigint[], ?::bigint[], ?::text[]) AS s (job_id, generation, lease_token, done, total, note)
ORDER BY s.job_id
ON CONFLICT (job_id, generation) DO UPDATE
SET lease_token = excluded.lease_token, done = excluded.done, total = excluded.total, note = excluded.note, written_at = excluded.written_at
WHERE p.lease_token <= excluded.lease_token
