-- What is promised of a queue, and how it is kept: objectives, and tallies of the jobs that kept or missed them.

-- One row per promise. A job counts in the minute of its deadline, once: by the transaction that ends it, or, if it has not ended by
-- then, by whoever finds it late, who marks the job with the objective's bit.
CREATE TABLE penstock.objective (
    objective_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    queue_id     integer          NOT NULL REFERENCES penstock.queue,
    type         text, -- of the jobs that count; null for all of the queue
    kind         text             NOT NULL,
    bound        bigint           NOT NULL DEFAULT 0, -- in milliseconds; jobs a minute for growth
    target       double precision NOT NULL,
    period       integer          NOT NULL, -- in days
    evidence     text, -- freshness: the field of the result that proves a success
    minimum      numeric, -- and its least value
    bit          integer          NOT NULL,
    declared     text, -- what a service said last; an operator's change stays until it says something else
    since        timestamptz      NOT NULL DEFAULT penstock.clock(),
    looked_to    timestamptz      NOT NULL DEFAULT '-infinity', -- jobs eligible up to then were looked at, and marked if late
    sliced_to    timestamptz      NOT NULL DEFAULT '-infinity', -- the minutes before have been judged: growth and freshness
    CONSTRAINT objective_kind_is_known CHECK (kind IN ('latency', 'wait', 'success', 'growth', 'freshness')),
    CONSTRAINT objective_bound_is_bounded CHECK (CASE kind
        WHEN 'success' THEN bound = 0
        WHEN 'growth' THEN bound BETWEEN 0 AND 100000000
        ELSE bound BETWEEN 1 AND 3456000000 END),
    CONSTRAINT objective_target_is_a_part CHECK (target BETWEEN 0.5 AND 0.99999),
    CONSTRAINT objective_period_is_bounded CHECK (period BETWEEN 1 AND 90),
    CONSTRAINT objective_type_is_plain CHECK (type ~ '^[A-Za-z][A-Za-z0-9_.:/-]{0,127}$'),
    CONSTRAINT objective_fresh_type CHECK (kind <> 'freshness' OR type IS NOT NULL),
    CONSTRAINT objective_growth_of_all CHECK (kind <> 'growth' OR type IS NULL),
    CONSTRAINT objective_evidence_of_freshness CHECK ((kind = 'freshness') = (evidence IS NOT NULL) AND (kind = 'freshness' OR minimum IS NULL))
);

CREATE UNIQUE INDEX objective_promise ON penstock.objective (queue_id, kind, coalesce(type, ''));

-- How many jobs, or minutes, there were and how many of them were good. Appended to; rows of one minute add up, and are merged later.
CREATE TABLE penstock.tally (
    objective_id integer     NOT NULL,
    minute       timestamptz NOT NULL, -- its beginning; the hour's, once it is kept by the hour
    total        bigint      NOT NULL,
    good         bigint      NOT NULL
);

CREATE INDEX tally_minute ON penstock.tally (objective_id, minute) INCLUDE (total, good);

-- Successes with their evidence. Appended to.
CREATE TABLE penstock.proof (
    objective_id integer     NOT NULL,
    proven_at    timestamptz NOT NULL,
    evidence     jsonb       NOT NULL
);

CREATE INDEX proof_newest ON penstock.proof (objective_id, proven_at);

-- What a queue was at. A queue at rest has no new ones. Of two, the difference of "drawn" is what arrived in between, and of
-- "drawn - depth" what was started.
CREATE TABLE penstock.sample (
    queue_id integer     NOT NULL,
    at       timestamptz NOT NULL,
    drawn    bigint      NOT NULL, -- the position drawn last
    depth    bigint      NOT NULL, -- eligible and unclaimed; an estimate above some hundreds
    head_age bigint      NOT NULL  -- of the first in line, in milliseconds; 0 if there is none
);

CREATE INDEX sample_at ON penstock.sample (at);
CREATE INDEX sample_of_queue ON penstock.sample (queue_id, at);

-- How long jobs took, in one process and minute: counts by logarithmic bucket, from the first one given on.
CREATE TABLE penstock.histogram (
    queue_id integer     NOT NULL,
    type     text        NOT NULL,
    minute   timestamptz NOT NULL,
    measure  text        NOT NULL,
    lowest   smallint    NOT NULL,
    counts   integer[]   NOT NULL,
    CONSTRAINT histogram_measure_is_known CHECK (measure IN ('wait', 'run', 'total'))
);

CREATE INDEX histogram_minute ON penstock.histogram (minute, queue_id);

-- Who looked last, for all: one look in five seconds is enough for a fleet, and whoever comes first takes it.
CREATE TABLE penstock.pulse (
    duty text PRIMARY KEY,
    at   timestamptz NOT NULL
);

INSERT INTO penstock.pulse (duty, at) VALUES ('look', '-infinity'), ('merge', '-infinity'), ('thin', '-infinity');

-- The objectives, by bit, in which a job has been counted late.
ALTER TABLE penstock.live ADD COLUMN counted integer NOT NULL DEFAULT 0;
ALTER TABLE penstock.waiting ADD COLUMN counted integer NOT NULL DEFAULT 0;
CREATE INDEX waiting_eligible ON penstock.waiting (queue_id, eligible_at);

DO $$
DECLARE
    leaf record;
BEGIN
    FOR leaf IN SELECT t.relid::regclass AS name, c.relname AS plain FROM pg_partition_tree('penstock.live') AS t
                JOIN pg_class AS c ON c.oid = t.relid WHERE t.isleaf AND t.level = 2 LOOP
        EXECUTE format('CREATE INDEX %I ON %s (eligible_at)', leaf.plain || '_eligible', leaf.name);
    END LOOP;
END
$$;

-- Three functions do something more than before: new leaves get the index, a parked job keeps its mark when it is taken, and a large payload
-- is measured where it is, not copied into a document first.
DO $$
DECLARE
    change record;
    before text;
BEGIN
    FOR change IN
        SELECT * FROM (VALUES
            ('penstock.create_queue(text, integer, integer, integer)'::regprocedure,
             'EXECUTE format(''CREATE UNIQUE INDEX',
             'EXECUTE format(''CREATE INDEX live_q%s_s%s_eligible ON %s (eligible_at)'', new_id, segment, leaf);
        EXECUTE format(''CREATE UNIQUE INDEX'),
            ('penstock.enqueue_one(text, uuid, text, jsonb, timestamptz, integer, integer, text, text[], jsonb)'::regprocedure,
             'pg_column_size(payload) <= 524288 AND', '(pg_column_size(payload) <= 524288 OR octet_length(payload::text) <= 1048576 * 3 / 2) AND'),
            ('penstock.take_parked(integer, bigint, integer, text, integer)'::regprocedure, 'metadata, failures, payload)', 'metadata, failures, payload, counted)'),
            ('penstock.take_parked(integer, bigint, integer, text, integer)'::regprocedure, 'g.failures, g.payload', 'g.failures, g.payload, g.counted')
        ) AS c (function, old, new)
    LOOP
        before := pg_get_functiondef(change.function);
        IF position(change.old IN before) = 0 THEN
            RAISE EXCEPTION '%: expected "%" in it, found none', change.function, change.old;
        END IF;
        EXECUTE replace(before, change.old, change.new);
    END LOOP;
END
$$;

-- Whether the result of a job proves that it did something: the field is there and says more than nothing, or at least so much.
CREATE FUNCTION penstock.proves(result jsonb, field text, minimum numeric) RETURNS boolean
    LANGUAGE sql IMMUTABLE
AS $$
    SELECT CASE jsonb_typeof(result -> field)
        WHEN 'number' THEN CASE WHEN minimum IS NULL THEN (result ->> field)::numeric > 0 ELSE (result ->> field)::numeric >= minimum END
        WHEN 'string' THEN minimum IS NULL AND result ->> field <> ''
        WHEN 'boolean' THEN minimum IS NULL AND (result ->> field)::boolean
        WHEN 'array' THEN minimum IS NULL AND result -> field <> '[]'
        WHEN 'object' THEN minimum IS NULL AND result -> field <> '{}'
        ELSE false END
$$;

-- How a job that has ended counts: a row for each objective that it has to do with and was not counted in before. One that was
-- cancelled before its deadline counts nowhere. One that was discarded missed its deadline, whenever that was.
CREATE FUNCTION penstock.tally_of(
    queue integer, job_type text, eligible timestamptz, first_claimed timestamptz, ended timestamptz, state text, counted integer)
    RETURNS TABLE (objective_id integer, minute timestamptz, good boolean)
    LANGUAGE sql STABLE
AS $$
    SELECT o.objective_id,
           date_bin('1 minute', CASE o.kind WHEN 'success' THEN ended ELSE eligible + o.bound * interval '1 millisecond' END, 'epoch'),
           CASE o.kind
               WHEN 'success' THEN state = 'completed'
               WHEN 'wait' THEN coalesce(first_claimed <= eligible + o.bound * interval '1 millisecond', false)
               ELSE state = 'completed' AND ended <= eligible + o.bound * interval '1 millisecond' END
    FROM penstock.objective AS o
    WHERE o.queue_id = queue AND (o.type IS NULL OR o.type = job_type) AND o.kind IN ('latency', 'wait', 'success')
      AND counted & (1 << o.bit) = 0
      AND NOT (state = 'cancelled' AND CASE o.kind
          WHEN 'success' THEN true
          WHEN 'wait' THEN first_claimed IS NULL AND ended <= eligible + o.bound * interval '1 millisecond'
          ELSE ended <= eligible + o.bound * interval '1 millisecond' END)
$$;

-- Sets an objective, or makes it. What a service declares counts if it is not what it declared before. Answers whether anything changed.
CREATE FUNCTION penstock.declare_objective(
    queue text, kind text, target double precision, bound bigint DEFAULT 0, type text DEFAULT NULL, period integer DEFAULT 30,
    evidence text DEFAULT NULL, minimum numeric DEFAULT NULL, declared text DEFAULT NULL)
    RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
    SET lock_timeout = '500ms'
AS $$
#variable_conflict use_column
DECLARE
    this_queue integer;
    free_bit   integer;
BEGIN
    SELECT q.queue_id INTO this_queue FROM penstock.queue AS q
    WHERE q.name = declare_objective.queue AND q.removed_at IS NULL FOR NO KEY UPDATE;
    IF this_queue IS NULL THEN
        RAISE EXCEPTION 'queue "%": expected an existing queue, found none; create it or correct the name', queue USING ERRCODE = 'PN002';
    END IF;
    SELECT min(b) INTO free_bit FROM generate_series(0, 30) AS b
    WHERE NOT EXISTS (SELECT FROM penstock.objective AS o WHERE o.queue_id = this_queue AND o.bit = b);
    IF free_bit IS NULL THEN
        RAISE EXCEPTION 'queue "%": expected at most 31 objectives, found as many already; remove one', queue USING ERRCODE = 'PN001';
    END IF;
    INSERT INTO penstock.objective AS o (queue_id, type, kind, bound, target, period, evidence, minimum, bit, declared)
    VALUES (this_queue, declare_objective.type, declare_objective.kind, declare_objective.bound, declare_objective.target,
            declare_objective.period, declare_objective.evidence, declare_objective.minimum, free_bit, declare_objective.declared)
    ON CONFLICT (queue_id, kind, coalesce(type, '')) DO UPDATE
    SET bound = excluded.bound, target = excluded.target, period = excluded.period, evidence = excluded.evidence, minimum = excluded.minimum,
        declared = coalesce(excluded.declared, o.declared)
    WHERE CASE WHEN excluded.declared IS NULL
               THEN (o.bound, o.target, o.period, o.evidence, o.minimum)
                    IS DISTINCT FROM (excluded.bound, excluded.target, excluded.period, excluded.evidence, excluded.minimum)
               ELSE o.declared IS DISTINCT FROM excluded.declared END;
    RETURN FOUND;
END
$$;

-- Removes an objective with what was counted for it. Answers whether there was one.
CREATE FUNCTION penstock.remove_objective(queue text, kind text, type text DEFAULT NULL) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
    SET lock_timeout = '500ms'
AS $$
DECLARE
    removed integer;
BEGIN
    DELETE FROM penstock.objective AS o USING penstock.queue AS q
    WHERE q.name = remove_objective.queue AND q.removed_at IS NULL AND o.queue_id = q.queue_id AND o.kind = remove_objective.kind
      AND coalesce(o.type, '') = coalesce(remove_objective.type, '')
    RETURNING o.objective_id INTO removed;
    DELETE FROM penstock.proof AS p WHERE p.objective_id = removed;
    DELETE FROM penstock.tally AS t WHERE t.objective_id = removed;
    RETURN removed IS NOT NULL;
END
$$;

CREATE OR REPLACE FUNCTION penstock.schema_version() RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS 'SELECT 18';

REVOKE ALL ON FUNCTION penstock.tally_of(integer, text, timestamptz, timestamptz, timestamptz, text, integer) FROM PUBLIC;
REVOKE ALL ON FUNCTION penstock.proves(jsonb, text, numeric) FROM PUBLIC;
REVOKE ALL ON FUNCTION penstock.declare_objective(text, text, double precision, bigint, text, integer, text, numeric, text) FROM PUBLIC;
REVOKE ALL ON FUNCTION penstock.remove_objective(text, text, text) FROM PUBLIC;

DO $$
DECLARE
    relation text;
BEGIN
    PERFORM penstock.grant_if_exists('EXECUTE', 'FUNCTION penstock.tally_of(integer, text, timestamptz, timestamptz, timestamptz, text, integer)', 'penstock_worker');
    PERFORM penstock.grant_if_exists('EXECUTE', 'FUNCTION penstock.proves(jsonb, text, numeric)', 'penstock_worker');
    PERFORM penstock.grant_if_exists('EXECUTE', 'FUNCTION penstock.declare_objective(text, text, double precision, bigint, text, integer, text, numeric, text)', 'penstock_worker');
    PERFORM penstock.grant_if_exists('EXECUTE', 'FUNCTION penstock.remove_objective(text, text, text)', 'penstock_worker');
    PERFORM penstock.grant_if_exists('SELECT, UPDATE (looked_to, sliced_to)', 'penstock.objective', 'penstock_worker');
    PERFORM penstock.grant_if_exists('SELECT, UPDATE (at)', 'penstock.pulse', 'penstock_worker');
    FOREACH relation IN ARRAY ARRAY ['tally', 'proof', 'sample', 'histogram'] LOOP
        PERFORM penstock.grant_if_exists('SELECT, INSERT, DELETE', 'penstock.' || relation, 'penstock_worker');
    END LOOP;
    FOREACH relation IN ARRAY ARRAY ['objective', 'tally', 'proof', 'sample', 'histogram', 'pulse'] LOOP
        PERFORM penstock.grant_if_exists('SELECT', 'penstock.' || relation, 'penstock_reader');
    END LOOP;
END
$$;
