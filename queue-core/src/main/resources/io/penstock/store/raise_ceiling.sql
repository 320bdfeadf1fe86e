-- Purpose: records that positions up to the one given may have been claimed, before the claim that reaches it commits.
-- Rows:    one.
-- Locks:   the ceiling's row of one queue and level, once in Limits.CEILING_STEP claimed positions.
-- Index:   claim_ceiling's primary key.
-- Parameters: ceiling, queue, priority.
UPDATE penstock.claim_ceiling SET ceiling = greatest(ceiling, ?::bigint) WHERE queue_id = ? AND priority = ? RETURNING ceiling
