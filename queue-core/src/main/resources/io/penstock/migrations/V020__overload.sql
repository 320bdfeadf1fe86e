-- What becomes of an overload: heavy queues give way, alerts are sent on as jobs, lateness has its causes counted, and others can scale by
-- a number.

-- A heavy queue gives way while an objective of another is in danger.
ALTER TABLE penstock.queue ADD COLUMN heavy boolean NOT NULL DEFAULT false;
ALTER TABLE penstock.allocation ADD COLUMN gives_way boolean NOT NULL DEFAULT false; -- whether heavy queues did, when budgets were divided

-- The queue that an alert is about, if it is about one.
ALTER TABLE penstock.alert ADD COLUMN queue text;

-- Whether heavy queues are to give way now: an alert is open that wakes somebody for a queue that is not heavy, and there is a heavy one.
CREATE FUNCTION penstock.gives_way() RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
SELECT EXISTS (SELECT FROM penstock.queue AS q WHERE q.heavy AND q.removed_at IS NULL)
   AND EXISTS (SELECT FROM penstock.alert AS a JOIN penstock.queue AS q ON q.name = a.queue
               WHERE a.resolved_at IS NULL AND a.severity = 'page' AND a.rule IN ('burn', 'growth', 'starvation')
                 AND q.removed_at IS NULL AND NOT q.heavy)
$$;

CREATE OR REPLACE FUNCTION penstock.fleet_fingerprint() RETURNS bigint
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
SELECT hashtextextended(
    coalesce((SELECT string_agg(format('%s:%s:%s:%s', m.worker_id, m.capacity, m.headroom, m.queues), ';' ORDER BY m.worker_id)
              FROM penstock.member AS m JOIN penstock.worker AS w ON w.worker_id = m.worker_id WHERE w.state = 'alive'), '')
    || '|' ||
    coalesce((SELECT string_agg(format('%s:%s:%s:%s:%s:%s:%s', q.queue_id, q.guarantee, q.concurrency_limit, q.weight, q.strict, q.lending, q.heavy), ';'
                                ORDER BY q.queue_id)
              FROM penstock.queue AS q WHERE q.removed_at IS NULL), '')
    || '|' || penstock.gives_way(), 0)
$$;

-- Where alerts are sent: each that opens or ends becomes a job of the type in the queue, in the transaction that says so.
CREATE TABLE penstock.alert_route (
    name     text PRIMARY KEY,
    queue_id integer NOT NULL REFERENCES penstock.queue,
    type     text    NOT NULL,
    pattern  text    NOT NULL, -- of keys, as of LIKE
    format   text    NOT NULL,
    link     text, -- with {queue} and {key} in it
    CONSTRAINT alert_route_format_is_known CHECK (format IN ('penstock', 'alertmanager')),
    CONSTRAINT alert_route_type_is_plain CHECK (type ~ '^[A-Za-z][A-Za-z0-9_.:/-]{0,127}$')
);

-- What late jobs waited for: microseconds by cause, as the processes saw it that ended them. Appended to.
CREATE TABLE penstock.lateness (
    queue_id integer     NOT NULL,
    type     text        NOT NULL,
    minute   timestamptz NOT NULL,
    cause    text        NOT NULL,
    spent    bigint      NOT NULL,
    CONSTRAINT lateness_cause_is_known CHECK (cause IN ('slot', 'limit', 'database', 'retry', 'paused', 'ran'))
);

CREATE INDEX lateness_minute ON penstock.lateness (minute, queue_id);

-- How many slots a queue needs to keep up with what arrives, and to be drained within a time: ⌈(λ + depth / drain) · mean run⌉. The time is half of
-- the least that is promised of the queue unless given, or else 30 s. For who scales workers by a query. Null where there is no such queue; 0 where
-- nothing is known of it.
CREATE FUNCTION penstock.slots_needed(queue text, drain interval DEFAULT NULL) RETURNS integer
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
SELECT coalesce(ceil((coalesce((last.drawn - first.drawn) / nullif(extract(epoch FROM last.at - first.at), 0), 0)
                      + last.depth / greatest(1, extract(epoch FROM coalesce(slots_needed.drain, (
                          SELECT min(o.bound) * interval '0.5 millisecond' FROM penstock.objective AS o
                          WHERE o.queue_id = q.queue_id AND o.kind IN ('latency', 'wait')), interval '30 seconds')))) * r.mean - 1e-9)::integer, 0)
FROM penstock.queue AS q
LEFT JOIN LATERAL (
    SELECT s.at, s.drawn, s.depth FROM penstock.sample AS s WHERE s.queue_id = q.queue_id ORDER BY s.at DESC LIMIT 1) AS last ON true
LEFT JOIN LATERAL (
    SELECT s.at, s.drawn FROM penstock.sample AS s WHERE s.queue_id = q.queue_id AND s.at >= last.at - interval '1 minute'
    ORDER BY s.at LIMIT 1) AS first ON true
LEFT JOIN LATERAL (
    SELECT sum(b.jobs * 0.001 * power(2, (h.lowest + b.place - 1.5) / 4.0)) / nullif(sum(b.jobs), 0) AS mean
    FROM penstock.histogram AS h CROSS JOIN LATERAL unnest(h.counts) WITH ORDINALITY AS b (jobs, place)
    WHERE h.queue_id = q.queue_id AND h.measure = 'run' AND h.minute > penstock.clock() - interval '15 minutes') AS r ON true
WHERE q.name = slots_needed.queue AND q.removed_at IS NULL
$$;

-- What a queue was at in the last two minutes, for those who enqueue and may read nothing.
CREATE FUNCTION penstock.recent_samples(queue text) RETURNS SETOF penstock.sample
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
SELECT s.* FROM penstock.queue AS q JOIN penstock.sample AS s ON s.queue_id = q.queue_id
WHERE q.name = recent_samples.queue AND q.removed_at IS NULL AND s.at > penstock.clock() - interval '2 minutes' ORDER BY s.at
$$;

CREATE OR REPLACE FUNCTION penstock.schema_version() RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS 'SELECT 20';

REVOKE ALL ON FUNCTION penstock.gives_way() FROM PUBLIC;
REVOKE ALL ON FUNCTION penstock.recent_samples(text) FROM PUBLIC;
REVOKE ALL ON FUNCTION penstock.slots_needed(text, interval) FROM PUBLIC;

DO $$
DECLARE
    everyone text;
BEGIN
    FOREACH everyone IN ARRAY ARRAY ['penstock_worker', 'penstock_reader', 'penstock_enqueuer'] LOOP
        PERFORM penstock.grant_if_exists('EXECUTE', 'FUNCTION penstock.recent_samples(text)', everyone);
    END LOOP;
    FOREACH everyone IN ARRAY ARRAY ['penstock_worker', 'penstock_reader'] LOOP
        PERFORM penstock.grant_if_exists('EXECUTE', 'FUNCTION penstock.gives_way()', everyone);
        PERFORM penstock.grant_if_exists('EXECUTE', 'FUNCTION penstock.slots_needed(text, interval)', everyone);
        PERFORM penstock.grant_if_exists('SELECT', 'penstock.alert_route', everyone);
        PERFORM penstock.grant_if_exists('SELECT', 'penstock.lateness', everyone);
    END LOOP;
    PERFORM penstock.grant_if_exists('INSERT, DELETE, UPDATE', 'penstock.alert_route', 'penstock_worker');
    PERFORM penstock.grant_if_exists('INSERT, DELETE', 'penstock.lateness', 'penstock_worker');
    PERFORM penstock.grant_if_exists('UPDATE (heavy)', 'penstock.queue', 'penstock_worker');
    PERFORM penstock.grant_if_exists('UPDATE (gives_way)', 'penstock.allocation', 'penstock_worker');
END
$$;
