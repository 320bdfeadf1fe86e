-- Purpose: ends transactions of ours that are open for a second longer than they say that they may be: their process is stopped, cut off or stuck, and neither
--          its own watchdog nor the server has ended them.
-- Rows:    one per session that is ended: process, application, how long it was open in seconds, its state.
-- Locks:   none.
-- Index:   none needed: what the server holds in memory is read.
-- Only what carries our mark and runs under this login. One that waits for a standby has committed, and is left to who looks after that.
-- Times are by the server's own clock, as those that they are compared with.
-- Who is meant is settled before anybody is ended: of conditions beside each other the server takes the cheapest first.
WITH overdue AS MATERIALIZED (
    SELECT a.pid, a.application_name, extract(epoch FROM clock_timestamp() - a.xact_start)::float8 AS seconds, coalesce(a.state, 'unknown') AS state
    FROM pg_stat_activity AS a
    WHERE a.datname = current_database() AND a.usename = current_user AND a.pid <> pg_backend_pid()
      AND a.wait_event IS DISTINCT FROM 'SyncRep'
      AND clock_timestamp() - a.xact_start
          > (substring(a.application_name FROM '^penstock\((\d{1,9})ms\) ')::integer + 1000) * interval '1 millisecond'
)
SELECT o.pid, o.application_name, o.seconds, o.state FROM overdue AS o WHERE pg_terminate_backend(o.pid)
