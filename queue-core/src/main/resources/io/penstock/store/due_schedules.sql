-- Purpose: schedules that a worker has to do something about, and the time.
-- Rows:    at most the number given (Limits.DUE_SCHEDULES).
-- Locks:   none: a schedule is locked when it is fired, and only moved if it still stands where it was seen.
-- Index:   schedule_look_at. The clock is read once, so that it is an index condition and all rows have the same time.
-- Parameters: names of queues whose schedules are left alone, the number.
WITH moment AS MATERIALIZED (SELECT penstock.clock() AS now)
SELECT s.schedule_id, s.revision, s.name, s.queue, s.cron, s.zone, s.every_ms, s.anchor, s.catch_up, s.counts_from, s.next_tick_at,
       (SELECT now FROM moment)
FROM penstock.schedule AS s
WHERE s.look_at <= (SELECT now FROM moment) AND s.queue <> ALL (?::text[])
ORDER BY s.look_at LIMIT ?
