-- Purpose: who waits for a lock in this database, and whom they wait for, sessions and prepared transactions: for a person.
-- Rows:    one per session that waits or is waited for, with the sessions that it waits for; one per prepared transaction that is waited for,
--          with the sessions that wait for it.
-- Locks:   none; whom a session waits for is asked of the lock manager, which stands still for that moment.
-- Index:   none needed: what the server holds in memory is read.
-- The locks of a prepared transaction have no process; they share a number with the lock on its own transaction id.
-- Times are by the server's own clock, as those that they are compared with.
WITH stopped AS MATERIALIZED (
    SELECT a.pid, pg_blocking_pids(a.pid) AS blockers FROM pg_stat_activity AS a
    WHERE a.wait_event_type = 'Lock' AND a.datname = current_database()
), edge AS MATERIALIZED (
    SELECT DISTINCT w.pid AS waiter, b.pid AS blocker FROM stopped AS w CROSS JOIN LATERAL unnest(w.blockers) AS b (pid)
), held AS MATERIALIZED (
    SELECT * FROM pg_locks
)
SELECT a.pid, NULL::text AS gid, extract(epoch FROM a.backend_start)::bigint AS begun, coalesce(a.usename, ''), a.application_name,
       coalesce(a.state, 'unknown'), coalesce(extract(epoch FROM clock_timestamp() - a.xact_start), 0)::bigint,
       coalesce(extract(epoch FROM clock_timestamp() - a.state_change), 0)::bigint, coalesce(left(a.query, 200), ''),
       ARRAY(SELECT e.blocker FROM edge AS e WHERE e.waiter = a.pid AND e.blocker <> 0), (
           SELECT h.relation::regclass::text FROM held AS h WHERE h.pid = a.pid AND NOT h.granted AND h.relation IS NOT NULL LIMIT 1)
FROM pg_stat_activity AS a WHERE a.pid IN (SELECT waiter FROM edge UNION SELECT blocker FROM edge)
UNION ALL
SELECT 0, p.gid, 0, p.owner, '', 'prepared', extract(epoch FROM clock_timestamp() - p.prepared)::bigint, 0, '', p.waiters, NULL
FROM (
    SELECT p.gid, p.owner, p.prepared, ARRAY(
        SELECT DISTINCT w.pid FROM held AS h JOIN held AS w ON NOT w.granted AND w.pid IS NOT NULL AND w.locktype = h.locktype
            AND (w.database, w.relation, w.page, w.tuple, w.transactionid, w.classid, w.objid, w.objsubid) IS NOT DISTINCT FROM
                (h.database, h.relation, h.page, h.tuple, h.transactionid, h.classid, h.objid, h.objsubid)
        WHERE h.pid IS NULL AND h.granted AND h.virtualtransaction = (
            SELECT own.virtualtransaction FROM held AS own WHERE own.pid IS NULL AND own.transactionid = p.transaction LIMIT 1)) AS waiters
    FROM pg_prepared_xacts AS p WHERE p.database = current_database()) AS p
WHERE p.waiters <> '{}'
