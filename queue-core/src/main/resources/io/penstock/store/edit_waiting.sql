-- Purpose: changes what a job that waits carries.
-- Rows:    one.
-- Locks:   the job's row.
-- Index:   waiting's primary key.
-- Parameters: payload, metadata, tags, priority, maximum of attempts, each null to keep what is there; id.
WITH edit AS MATERIALIZED (
    SELECT ?::jsonb AS payload, ?::jsonb AS metadata, ?::text[] AS tags, ?::smallint AS priority, ?::integer AS max_attempts
)
UPDATE penstock.waiting AS w
SET payload = coalesce(e.payload, w.payload), metadata = coalesce(e.metadata, w.metadata), tags = coalesce(e.tags, w.tags),
    max_attempts = coalesce(e.max_attempts, w.max_attempts), priority = coalesce(e.priority, w.priority)
FROM edit AS e
WHERE w.id = ? RETURNING w.id
