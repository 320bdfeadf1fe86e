-- Purpose: who keeps old row versions from being removed: sessions with an old transaction, prepared transactions, slots.
-- Rows:    at most five, the oldest first.
-- Locks:   none.
-- Index:   none needed: one row per session, prepared transaction and slot.
-- A session of another login is seen only by members of pg_read_all_stats.
SELECT holder.what, extract(epoch FROM clock_timestamp() - holder.since)::bigint AS seconds
FROM (
    SELECT format('session %s of "%s" (%s, %s)', a.pid, a.usename, a.application_name, a.state) AS what, a.xact_start AS since
    FROM pg_stat_activity AS a
    WHERE (a.backend_xmin IS NOT NULL OR a.backend_xid IS NOT NULL) AND a.pid <> pg_backend_pid() AND a.backend_type = 'client backend'
    UNION ALL
    SELECT format('prepared transaction "%s" of "%s"', p.gid, p.owner), p.prepared FROM pg_prepared_xacts AS p
    UNION ALL
    SELECT format('replication slot "%s", which nobody reads', s.slot_name), NULL
    FROM pg_replication_slots AS s WHERE NOT s.active AND (s.xmin IS NOT NULL OR s.catalog_xmin IS NOT NULL)) AS holder
ORDER BY holder.since NULLS FIRST LIMIT 5
