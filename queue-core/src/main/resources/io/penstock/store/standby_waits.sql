-- Purpose: how many commits in this database wait for a standby, and for how many seconds the first of them has.
-- Rows:    one.
-- Locks:   none.
-- Index:   none needed: what the server holds in memory is read.
-- Times are by the server's own clock, as those that they are compared with.
SELECT count(*), coalesce(extract(epoch FROM max(clock_timestamp() - a.query_start)), 0)::bigint, current_setting('synchronous_standby_names')
FROM pg_stat_activity AS a WHERE a.datname = current_database() AND a.wait_event = 'SyncRep'
