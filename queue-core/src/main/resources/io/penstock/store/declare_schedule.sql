-- Purpose: makes or changes a schedule; answers "created", "changed" or "unchanged".
-- Rows:    one.
-- Locks:   the schedule's row, if it is changed.
-- Index:   schedule_name.
-- Parameters: name, queue, type, payload, cron, zone, period in milliseconds, anchor, catch-up policy, priority, maximum of
--             attempts, concurrency key, tags, keys and values of the metadata.
SELECT penstock.declare_schedule(
    ?, ?, ?, ?::jsonb, ?, ?, ?::bigint * interval '1 millisecond', ?::timestamptz, ?, ?, ?, ?, ?::text[], jsonb_object(?::text[], ?::text[]))
