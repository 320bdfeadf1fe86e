-- A schedule is a rule and the job that it makes at each of its ticks. Nobody owns a schedule: whichever worker looks when a
-- tick is due moves the row on to the next tick and enqueues the job, in one transaction, if the row still stands at the tick
-- that it saw. So a tick is made once, however many look. The worker computes ticks: cron text is not understood here.
CREATE TABLE penstock.schedule (
    schedule_id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name            text        NOT NULL,
    queue           text        NOT NULL,
    type            text        NOT NULL,
    payload         jsonb       NOT NULL,
    priority        integer     NOT NULL,
    max_attempts    integer     NOT NULL,
    concurrency_key text,
    tags            text[]      NOT NULL,
    metadata        jsonb       NOT NULL,
    cron            text,                 -- either this and a time zone,
    zone            text,
    every_ms        bigint,               -- or a period, counted from an anchor
    anchor          timestamptz,
    catch_up        text        NOT NULL,
    revision        integer     NOT NULL DEFAULT 1, -- grows with every change but the firing of a tick
    declared_by     text        NOT NULL DEFAULT session_user,
    declared_at     timestamptz NOT NULL,
    counts_from     timestamptz NOT NULL, -- ticks after this moment are wanted
    next_tick_at    timestamptz,          -- null until a worker has computed it
    look_at         timestamptz NOT NULL, -- when a worker has to do something
    last_tick_at    timestamptz,
    paused_at       timestamptz,
    last_error      text,
    failing_since   timestamptz,
    CONSTRAINT schedule_name_is_plain CHECK (name ~ '^[A-Za-z0-9][A-Za-z0-9_.:/-]{0,127}$'),
    CONSTRAINT schedule_has_one_rule
        CHECK (CASE WHEN cron IS NULL THEN zone IS NULL AND every_ms IS NOT NULL AND anchor IS NOT NULL
                    ELSE zone IS NOT NULL AND every_ms IS NULL AND anchor IS NULL END),
    CONSTRAINT schedule_period_is_bounded CHECK (every_ms BETWEEN 1000 AND 315360000000),
    CONSTRAINT schedule_catch_up_is_known CHECK (catch_up IN ('none', 'once', 'all')),
    CONSTRAINT schedule_looked_at_unless_paused CHECK ((look_at = 'infinity') = (paused_at IS NOT NULL)),
    CONSTRAINT schedule_fails_if_and_only_if_dated CHECK ((last_error IS NULL) = (failing_since IS NULL)),
    CONSTRAINT schedule_goes_forward CHECK (next_tick_at > counts_from AND next_tick_at > last_tick_at)
) WITH (fillfactor = 50);

CREATE UNIQUE INDEX schedule_name ON penstock.schedule (name);
CREATE INDEX schedule_look_at ON penstock.schedule (look_at);

-- What is wrong with a declaration, in words, or null. The cron text is looked at for its form only.
CREATE FUNCTION penstock.schedule_fault(
    name text, cron text, zone text, every interval, anchor timestamptz, catch_up text, job jsonb) RETURNS text
    LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF coalesce(name, '') !~ '^[A-Za-z0-9][A-Za-z0-9_.:/-]{0,127}$' THEN
        RETURN format('name: expected 1 to 128 letters, digits or _ . : / -, was %s', coalesce(to_json(left(name, 200))::text, 'null'));
    END IF;
    IF (cron IS NULL) = (every IS NULL) THEN
        RETURN format('rule: expected a cron text or a period, was %s', CASE WHEN cron IS NULL THEN 'neither' ELSE 'both' END);
    END IF;
    IF length(cron) > 255 OR cron !~ '^\s*([0-9A-Za-z*/,#?-]+\s+){4,5}[0-9A-Za-z*/,#?-]+\s*$' THEN
        RETURN format('cron: expected 5 fields, or 6 with seconds in front, was %s', to_json(left(cron, 200)));
    END IF;
    IF cron IS NOT NULL THEN
        BEGIN
            PERFORM timestamptz 'epoch' AT TIME ZONE zone;
        EXCEPTION WHEN invalid_parameter_value THEN
            RETURN format('zone: expected the name of a time zone, was %s', to_json(left(zone, 200)));
        END;
    END IF;
    IF extract(month FROM every) <> 0 OR extract(year FROM every) <> 0 OR extract(epoch FROM every) NOT BETWEEN 1 AND 315360000
       OR mod(extract(epoch FROM every) * 1000, 1) <> 0 THEN
        RETURN format('every: expected 1 second to 3650 days in whole milliseconds, without months, was %s', every);
    END IF;
    IF every IS NOT NULL AND (anchor IS NULL OR NOT isfinite(anchor) OR date_trunc('milliseconds', anchor) <> anchor) THEN
        RETURN format('anchor: expected a moment in whole milliseconds, was %s', coalesce(anchor::text, 'null'));
    END IF;
    IF coalesce(catch_up, '') NOT IN ('none', 'once', 'all') THEN
        RETURN format('catch_up: expected none, once or all, was %s', coalesce(to_json(left(catch_up, 200))::text, 'null'));
    END IF;
    RETURN 'job ' || penstock.job_fault(job);
END
$$;

-- Makes or changes a schedule; answers "created", "changed" or "unchanged". A declaration that equals what is stored changes
-- nothing. One with another rule begins anew: its ticks count from now, or from the last tick made if that is later, as it is
-- after the clock was set back. Any other change leaves the ticks as they are.
CREATE FUNCTION penstock.declare_schedule(
    name text, queue text, type text, payload jsonb DEFAULT '{}', cron text DEFAULT NULL, zone text DEFAULT 'UTC',
    every interval DEFAULT NULL, anchor timestamptz DEFAULT 'epoch', catch_up text DEFAULT 'once', priority integer DEFAULT 2,
    max_attempts integer DEFAULT 20, concurrency_key text DEFAULT NULL, tags text[] DEFAULT '{}', metadata jsonb DEFAULT '{}')
    RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
    SET lock_timeout = '500ms'
AS $$
DECLARE
    moment timestamptz := penstock.clock();
    period bigint := (extract(epoch FROM every) * 1000)::bigint;
    fault  text;
    wanted penstock.schedule;
    stored penstock.schedule;
BEGIN
    fault := penstock.schedule_fault(name, cron, zone, every, anchor, catch_up, penstock.job_document(
        type, payload, NULL, priority, max_attempts, concurrency_key, tags, metadata));
    IF fault IS NOT NULL THEN
        RAISE EXCEPTION 'schedule "%": %', left(name, 200), fault USING ERRCODE = 'PN001';
    END IF;
    IF NOT EXISTS (SELECT FROM penstock.queue AS q WHERE q.name = declare_schedule.queue AND q.removed_at IS NULL) THEN
        RAISE EXCEPTION 'schedule "%": queue "%": expected an existing queue, found none; create it or correct the name', name, queue
            USING ERRCODE = 'PN002';
    END IF;
    INSERT INTO penstock.schedule AS s (name, queue, type, payload, priority, max_attempts, concurrency_key, tags, metadata, cron, zone,
                                        every_ms, anchor, catch_up, declared_at, counts_from, look_at)
    VALUES (declare_schedule.name, declare_schedule.queue, declare_schedule.type, declare_schedule.payload,
            coalesce(declare_schedule.priority, 2), coalesce(declare_schedule.max_attempts, 20), declare_schedule.concurrency_key,
            coalesce(declare_schedule.tags, '{}'), coalesce(nullif(declare_schedule.metadata, 'null'), '{}'), declare_schedule.cron,
            CASE WHEN declare_schedule.cron IS NOT NULL THEN declare_schedule.zone END, period,
            CASE WHEN period IS NOT NULL THEN declare_schedule.anchor END, declare_schedule.catch_up, moment, moment, moment)
    ON CONFLICT DO NOTHING
    RETURNING * INTO wanted;
    IF FOUND THEN
        IF (SELECT count(*) FROM penstock.schedule) > 10000 THEN
            RAISE EXCEPTION 'schedule "%": expected at most 10000 schedules; remove some, or let one make the jobs of many', name
                USING ERRCODE = 'PN001';
        END IF;
        RETURN 'created';
    END IF;
    SELECT * INTO stored FROM penstock.schedule AS s WHERE s.name = declare_schedule.name;
    wanted := stored;
    wanted.queue := queue;
    wanted.type := type;
    wanted.payload := payload;
    wanted.priority := coalesce(priority, 2);
    wanted.max_attempts := coalesce(max_attempts, 20);
    wanted.concurrency_key := concurrency_key;
    wanted.tags := coalesce(tags, '{}');
    wanted.metadata := coalesce(nullif(metadata, 'null'), '{}');
    wanted.cron := cron;
    wanted.zone := CASE WHEN cron IS NOT NULL THEN zone END;
    wanted.every_ms := period;
    wanted.anchor := CASE WHEN period IS NOT NULL THEN anchor END;
    wanted.catch_up := catch_up;
    IF wanted IS NOT DISTINCT FROM stored THEN
        RETURN 'unchanged';
    END IF;
    UPDATE penstock.schedule AS s
    SET queue = wanted.queue, type = wanted.type, payload = wanted.payload, priority = wanted.priority, max_attempts = wanted.max_attempts,
        concurrency_key = wanted.concurrency_key, tags = wanted.tags, metadata = wanted.metadata, cron = wanted.cron, zone = wanted.zone,
        every_ms = wanted.every_ms, anchor = wanted.anchor, catch_up = wanted.catch_up, revision = s.revision + 1,
        declared_by = session_user, declared_at = moment, last_error = NULL, failing_since = NULL,
        counts_from = CASE WHEN same.rule THEN s.counts_from ELSE greatest(moment, s.last_tick_at) END,
        next_tick_at = CASE WHEN same.rule THEN s.next_tick_at END,
        look_at = CASE WHEN s.paused_at IS NOT NULL THEN 'infinity' WHEN same.rule THEN coalesce(s.next_tick_at, moment) ELSE moment END
    FROM (SELECT (wanted.cron, wanted.zone, wanted.every_ms, wanted.anchor)
                 IS NOT DISTINCT FROM (stored.cron, stored.zone, stored.every_ms, stored.anchor) AS rule) AS same
    WHERE s.schedule_id = stored.schedule_id AND s.revision = stored.revision;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'schedule "%" was changed at this very moment', name USING ERRCODE = 'serialization_failure';
    END IF;
    RETURN 'changed';
END
$$;

CREATE FUNCTION penstock.remove_schedule(name text) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
    SET lock_timeout = '500ms'
AS $$
BEGIN
    DELETE FROM penstock.schedule AS s WHERE s.name = remove_schedule.name;
    RETURN FOUND;
END
$$;

-- Answers whether there is such a schedule. Pausing one that is paused changes nothing.
CREATE FUNCTION penstock.pause_schedule(name text) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
    SET lock_timeout = '500ms'
AS $$
BEGIN
    UPDATE penstock.schedule AS s SET paused_at = penstock.clock(), look_at = 'infinity', revision = s.revision + 1
    WHERE s.name = pause_schedule.name AND s.paused_at IS NULL;
    RETURN FOUND OR EXISTS (SELECT FROM penstock.schedule AS s WHERE s.name = pause_schedule.name);
END
$$;

-- Ticks of the time in which a schedule was paused are not made up for, whatever its policy: they were not wanted.
CREATE FUNCTION penstock.resume_schedule(name text) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
    SET lock_timeout = '500ms'
AS $$
DECLARE
    moment timestamptz := penstock.clock();
BEGIN
    UPDATE penstock.schedule AS s
    SET paused_at = NULL, next_tick_at = NULL, counts_from = greatest(moment, s.last_tick_at), look_at = moment, revision = s.revision + 1
    WHERE s.name = resume_schedule.name AND s.paused_at IS NOT NULL;
    RETURN FOUND OR EXISTS (SELECT FROM penstock.schedule AS s WHERE s.name = resume_schedule.name);
END
$$;

-- Enqueues the schedule's job now, paused or not, and leaves its ticks alone. Answers the job's id.
CREATE FUNCTION penstock.run_schedule(name text) RETURNS uuid
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s penstock.schedule;
BEGIN
    SELECT * INTO s FROM penstock.schedule AS found WHERE found.name = run_schedule.name;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'schedule "%": expected an existing schedule, found none', left(name, 200) USING ERRCODE = 'PN002';
    END IF;
    RETURN penstock.enqueue(s.queue, s.type, s.payload, NULL, s.priority, s.max_attempts, s.concurrency_key, s.tags,
                            s.metadata || jsonb_build_object('schedule', s.name));
END
$$;

-- Makes the jobs of ticks that are due and moves the schedule on, if it still stands where the caller saw it; a row that
-- somebody else holds is passed by. Each tick's id is its job's idempotency key: the second net. Answers nothing where nothing
-- was moved, and else the queue, how many jobs were made, and whether the schedule was failing before.
CREATE FUNCTION penstock.fire_schedule(
    schedule_id bigint, revision integer, expected timestamptz, ticks timestamptz[], next_tick timestamptz)
    RETURNS TABLE (queue_id integer, jobs integer, recovered boolean)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
    SET lock_timeout = '50ms'
AS $$
DECLARE
    s    penstock.schedule;
    well boolean := expected IS NULL OR cardinality(ticks) > 0; -- skipping ticks proves nothing
    leaf text;
BEGIN
    SELECT * INTO s FROM penstock.schedule AS due
    WHERE due.schedule_id = fire_schedule.schedule_id AND due.revision = fire_schedule.revision
      AND due.next_tick_at IS NOT DISTINCT FROM expected AND due.paused_at IS NULL
    FOR UPDATE SKIP LOCKED;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    SELECT q.queue_id, format('penstock.live_q%s_s%s', q.queue_id, q.write_segment) INTO queue_id, leaf
    FROM penstock.queue AS q WHERE q.name = s.queue AND q.removed_at IS NULL;
    IF leaf IS NOT NULL AND cardinality(ticks) > 0 THEN
        EXECUTE format('LOCK TABLE %s IN ROW EXCLUSIVE MODE', leaf); -- the enqueue would wait ten times as long for it
    END IF;
    UPDATE penstock.schedule AS fired
    SET next_tick_at = next_tick, look_at = next_tick, last_tick_at = coalesce(ticks[cardinality(ticks)], s.last_tick_at),
        last_error = CASE WHEN well THEN NULL ELSE s.last_error END, failing_since = CASE WHEN well THEN NULL ELSE s.failing_since END
    WHERE fired.schedule_id = s.schedule_id;
    IF cardinality(ticks) > 0 THEN
        SELECT count(*) FILTER (WHERE b.created) INTO jobs
        FROM penstock.enqueue_batch(s.queue, (
            SELECT jsonb_agg(penstock.job_document(s.type, s.payload, NULL, s.priority, s.max_attempts, s.concurrency_key, s.tags,
                                                   s.metadata || jsonb_build_object('schedule', s.name, 'tick', t.moment))
                             || jsonb_build_object('idempotency_key', 'schedule/' || s.name || '/' || t.moment) ORDER BY t.ordinal)
            FROM (SELECT to_char(tick AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS moment, ordinal
                  FROM unnest(ticks) WITH ORDINALITY AS u (tick, ordinal)) AS t)) AS b;
    ELSE
        jobs := 0;
    END IF;
    recovered := s.last_error IS NOT NULL AND well;
    RETURN NEXT;
END
$$;

-- Notes why a tick could not be made and when to try again; its time stays, so the catch-up policy decides what becomes of it.
-- Answers true if this is news, false if it was known, null if the schedule has moved on or is held by somebody.
CREATE FUNCTION penstock.fail_schedule(
    schedule_id bigint, revision integer, expected timestamptz, error text, retry_after interval) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
    SET lock_timeout = '50ms'
AS $$
DECLARE
    moment timestamptz := penstock.clock();
    s      penstock.schedule;
BEGIN
    SELECT * INTO s FROM penstock.schedule AS due
    WHERE due.schedule_id = fail_schedule.schedule_id AND due.revision = fail_schedule.revision
      AND due.next_tick_at IS NOT DISTINCT FROM expected AND due.paused_at IS NULL
    FOR UPDATE SKIP LOCKED;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    UPDATE penstock.schedule AS failing
    SET last_error = error, failing_since = coalesce(s.failing_since, moment), look_at = moment + retry_after
    WHERE failing.schedule_id = s.schedule_id;
    RETURN error IS DISTINCT FROM s.last_error;
END
$$;

-- A schedule goes with its queue when that gets another name.
CREATE FUNCTION penstock.rename_in_schedules() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    UPDATE penstock.schedule AS s SET queue = new.name WHERE s.queue = old.name;
    RETURN NULL;
END
$$;

CREATE TRIGGER rename_in_schedules AFTER UPDATE OF name ON penstock.queue
    FOR EACH ROW WHEN (new.name <> old.name AND new.removed_at IS NULL)
    EXECUTE FUNCTION penstock.rename_in_schedules();
