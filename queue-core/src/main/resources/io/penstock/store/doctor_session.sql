-- Purpose: what this session is on the server, and how full the server is of sessions.
-- Rows:    one.
-- Locks:   none.
-- Index:   none needed: settings, and one row per session.
SELECT session_user, current_database(),
       coalesce(pg_has_role(session_user, to_regrole('penstock_worker'), 'MEMBER'), false),
       coalesce(pg_has_role(session_user, to_regrole('penstock_enqueuer'), 'MEMBER'), false),
       coalesce(pg_has_role(session_user, to_regrole('penstock_reader'), 'MEMBER'), false),
       (SELECT r.rolsuper FROM pg_roles AS r WHERE r.rolname = session_user),
       pg_has_role(session_user, 'pg_read_all_stats', 'MEMBER'),
       current_setting('max_connections')::integer - current_setting('superuser_reserved_connections')::integer,
       (SELECT count(*) FROM pg_stat_activity AS a WHERE a.backend_type = 'client backend'),
       (SELECT r.rolconnlimit FROM pg_roles AS r WHERE r.rolname = session_user),
       (SELECT count(*) FROM pg_stat_activity AS a WHERE a.backend_type = 'client backend' AND a.usename = session_user),
       (SELECT s.reset_val::bigint FROM pg_settings AS s WHERE s.name = 'statement_timeout'),
       (SELECT s.reset_val::bigint FROM pg_settings AS s WHERE s.name = 'idle_in_transaction_session_timeout'),
       clock_timestamp(), to_regrole('penstock_worker') IS NOT NULL
