-- Purpose: schedules in order of name, one or all, and the time.
-- Rows:    every schedule: at most 10,000, which penstock.declare_schedule holds.
-- Locks:   none.
-- Index:   schedule_name.
-- Parameters: a name or null, and the same again.
SELECT s.name, s.queue, s.type, s.cron, s.zone, s.every_ms, s.anchor, s.catch_up, s.counts_from, s.next_tick_at, s.last_tick_at,
       s.paused_at, s.last_error, s.failing_since, s.declared_by, s.declared_at, penstock.clock()
FROM penstock.schedule AS s
WHERE ?::text IS NULL OR s.name = ?
ORDER BY s.name
