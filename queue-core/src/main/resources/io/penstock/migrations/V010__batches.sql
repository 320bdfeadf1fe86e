-- Batches: jobs, and what is to be enqueued when all of them have ended; a chain is a batch of one with further steps. Nothing is
-- counted when a job ends, so the jobs of a batch do not wait for each other. Whoever advances a batch asks for one job after
-- another whether it has ended, and stops at the first that has not.

CREATE TABLE penstock.batch (
    batch_id    uuid        NOT NULL PRIMARY KEY,
    enqueued_at timestamptz NOT NULL,
    jobs        integer     NOT NULL, -- all that were ever enqueued for it, steps included
    completed   integer     NOT NULL DEFAULT 0,
    discarded   integer     NOT NULL DEFAULT 0,
    cancelled   integer     NOT NULL DEFAULT 0,
    steps       jsonb       NOT NULL, -- those to come: {"queue": its number, "when": "completed" or "ended", "job"}
    look_at     timestamptz NOT NULL, -- when to look at the latest; whoever ends one of its jobs looks at once
    held_by     uuid,                 -- a job that has ended otherwise than completed, and may be retried
    last_error  text,                 -- why the next step could not be enqueued
    ended_at    timestamptz
) WITH (fillfactor = 70);

CREATE INDEX batch_look_at ON penstock.batch (look_at);

-- Jobs of a batch that were not seen to have ended.
CREATE TABLE penstock.batch_member (
    batch_id uuid    NOT NULL,
    job_id   uuid    NOT NULL,
    queue_id integer NOT NULL,
    PRIMARY KEY (batch_id, job_id)
);

-- The steps as they are kept, each with its queue's number, which no rename changes. Refuses those that could never be enqueued.
CREATE FUNCTION penstock.checked_steps(steps jsonb) RETURNS jsonb
    LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    step       record;
    fault      text;
    this_queue integer;
    checked    jsonb := '[]';
BEGIN
    IF jsonb_typeof(steps) IS DISTINCT FROM 'array' OR jsonb_array_length(steps) NOT BETWEEN 1 AND 100 THEN
        RAISE EXCEPTION 'steps: expected an array of 1 to 100, was %',
            CASE WHEN jsonb_typeof(steps) = 'array' THEN jsonb_array_length(steps)::text ELSE coalesce(jsonb_typeof(steps), 'null') END
            USING ERRCODE = 'PN001';
    END IF;
    FOR step IN SELECT s.step AS document, s.ordinal - 1 AS number FROM jsonb_array_elements(steps) WITH ORDINALITY AS s (step, ordinal) LOOP
        fault := CASE WHEN coalesce(step.document ->> 'when', '') NOT IN ('completed', 'ended')
                      THEN format('when: expected "completed" or "ended", was %s', coalesce(step.document -> 'when', 'null'))
                      ELSE penstock.job_fault(step.document -> 'job') END;
        IF fault IS NOT NULL THEN
            RAISE EXCEPTION 'step %: %', step.number, fault USING ERRCODE = 'PN001';
        END IF;
        SELECT q.queue_id INTO this_queue FROM penstock.queue AS q WHERE q.name = step.document ->> 'queue' AND q.removed_at IS NULL;
        IF this_queue IS NULL THEN
            RAISE EXCEPTION 'step %: queue "%": expected an existing queue, found none; create it or correct the name',
                step.number, step.document ->> 'queue' USING ERRCODE = 'PN002';
        END IF;
        checked := checked || jsonb_build_array(step.document || jsonb_build_object('queue', this_queue));
    END LOOP;
    RETURN checked;
END
$$;

-- Enqueues the jobs of a batch, inside the caller's transaction, and remembers what comes after them. "groups" is an array of
-- {"queue", "jobs"}, the jobs as penstock.enqueue_batch takes them. Answers a row per job in order. A job whose key was held
-- already belongs to the batch as well: it waits for the job there is.
CREATE FUNCTION penstock.open_batch(batch_id uuid, groups jsonb, steps jsonb)
    RETURNS TABLE (job_id uuid, created boolean, eligible_at timestamptz)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
    SET lock_timeout = '500ms'
    SET enable_seqscan = off
AS $$
DECLARE
    this_group jsonb;
    to_come    jsonb := penstock.checked_steps(steps);
    mark       jsonb := jsonb_build_object('penstock.batch', batch_id);
    moment     timestamptz;
BEGIN
    FOR this_group IN SELECT jsonb_array_elements(groups) LOOP
        RETURN QUERY
        WITH enqueued AS MATERIALIZED (
            SELECT b.job_id, b.created, b.eligible_at
            FROM penstock.enqueue_batch(this_group ->> 'queue', (
                SELECT jsonb_agg(e.job || jsonb_build_object('metadata', coalesce(nullif(e.job -> 'metadata', 'null'), '{}') || mark)
                                 ORDER BY e.ordinal)
                FROM jsonb_array_elements(this_group -> 'jobs') WITH ORDINALITY AS e (job, ordinal))) AS b
        ), member AS (
            INSERT INTO penstock.batch_member (batch_id, job_id, queue_id)
            SELECT open_batch.batch_id, e.job_id, q.queue_id
            FROM enqueued AS e JOIN penstock.queue AS q ON q.name = this_group ->> 'queue' AND q.removed_at IS NULL
            ON CONFLICT DO NOTHING
        )
        SELECT e.job_id, e.created, e.eligible_at FROM enqueued AS e;
    END LOOP;
    moment := penstock.clock();
    INSERT INTO penstock.batch AS b (batch_id, enqueued_at, jobs, steps, look_at)
    SELECT open_batch.batch_id, moment, count(*), to_come, moment + interval '1 second'
    FROM penstock.batch_member AS m WHERE m.batch_id = open_batch.batch_id;
END
$$;

-- How a job ended: 'completed', 'discarded' or 'cancelled'; 'unknown' if there is no trace of it; null if it has not ended.
-- Names the queue's own tables and the days that the job can have ended on, as penstock.is_enqueued does, and for the same reason.
CREATE FUNCTION penstock.how_ended(this_queue integer, job_id uuid) RETURNS text
    LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    live  text := format('penstock.live_q%s', this_queue);
    state text;
BEGIN
    EXECUTE CASE WHEN to_regclass(live) IS NULL THEN 'SELECT' ELSE format('SELECT ''live'' FROM %s WHERE id = $1 LIMIT 1', live) END
        INTO state USING job_id;
    IF state IS NOT NULL OR EXISTS (SELECT FROM penstock.waiting AS w WHERE w.id = job_id) THEN
        RETURN NULL;
    END IF;
    EXECUTE format('SELECT state FROM penstock.finished WHERE id = $1 AND finished_at >= %L AND finished_at < %L
                    ORDER BY generation DESC LIMIT 1',
                   coalesce(penstock.earliest_end(job_id), '-infinity'), penstock.clock() + interval '1 day')
        INTO state USING job_id;
    RETURN coalesce(state, 'unknown');
END
$$;

-- Enqueues the next step of a batch whose jobs have all ended, or ends the batch. Answers the step's queue, or null.
CREATE FUNCTION penstock.next_step(b penstock.batch, moment timestamptz) RETURNS integer
    LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    step       jsonb := b.steps -> 0;
    mark       jsonb := jsonb_build_object('penstock.batch', b.batch_id);
    this_queue integer := step -> 'queue';
    queue_name text;
BEGIN
    IF step IS NULL THEN
        UPDATE penstock.batch AS u SET ended_at = moment, look_at = moment + interval '7 days', held_by = NULL, last_error = NULL
        WHERE u.batch_id = b.batch_id;
        RETURN NULL;
    END IF;
    SELECT q.name INTO queue_name FROM penstock.queue AS q WHERE q.queue_id = this_queue;
    WITH enqueued AS MATERIALIZED (
        SELECT e.job_id FROM penstock.enqueue_batch(queue_name, jsonb_build_array(
            (step -> 'job') || jsonb_build_object(
                'metadata', coalesce(nullif(step #> '{job,metadata}', 'null'), '{}') || mark))) AS e
    )
    INSERT INTO penstock.batch_member (batch_id, job_id, queue_id) SELECT b.batch_id, e.job_id, this_queue FROM enqueued AS e;
    UPDATE penstock.batch AS u
    SET steps = b.steps - 0, jobs = b.jobs + 1, look_at = moment + interval '1 second', held_by = NULL, last_error = NULL
    WHERE u.batch_id = b.batch_id;
    RETURN this_queue;
END
$$;

-- Takes a batch as far as it goes, in the caller's transaction: passes by jobs that have ended, at most so many, and enqueues the
-- next step when none is left. Answers what came of it: 'busy' if somebody else advances it at this moment, 'more' if this is to be
-- called again, 'open' if jobs run or wait, 'held' if one has ended otherwise than completed and may be retried, 'failed' if the step
-- could not be enqueued, 'stepped', 'ended', 'given up' if the job that held it is no longer kept; null if there was nothing to do.
-- "news" says whether that was not so before.
CREATE FUNCTION penstock.advance_batch(
    batch_id uuid, most integer, OUT outcome text, OUT news boolean, OUT queue_id integer, OUT job_id uuid, OUT step text, OUT error text)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
    SET lock_timeout = '50ms'
    SET enable_seqscan = off -- a plan made while a table has one page would be kept while it grows
AS $$
DECLARE
    b       penstock.batch;
    m       penstock.batch_member;
    how     text;
    moment  timestamptz := penstock.clock();
    passed  integer := 0;
BEGIN
    SELECT * INTO b FROM penstock.batch AS found WHERE found.batch_id = advance_batch.batch_id FOR NO KEY UPDATE SKIP LOCKED;
    IF NOT FOUND THEN
        outcome := CASE WHEN EXISTS (SELECT FROM penstock.batch AS found
                                     WHERE found.batch_id = advance_batch.batch_id AND found.ended_at IS NULL) THEN 'busy' END;
        news := false;
        RETURN;
    END IF;
    IF b.ended_at IS NOT NULL THEN
        DELETE FROM penstock.batch AS d WHERE d.batch_id = b.batch_id AND d.look_at <= moment;
        DELETE FROM penstock.batch_member AS d
        WHERE d.batch_id = b.batch_id AND NOT EXISTS (SELECT FROM penstock.batch AS u WHERE u.batch_id = b.batch_id);
        RETURN;
    END IF;
    step := b.steps #>> '{0,job,type}';
    news := false;
    FOR m IN SELECT * FROM penstock.batch_member AS found WHERE found.batch_id = b.batch_id ORDER BY found.job_id LOOP
        how := penstock.how_ended(m.queue_id, m.job_id);
        job_id := m.job_id;
        IF how IS NULL THEN
            outcome := 'open';
        ELSIF how = 'unknown' AND m.job_id = b.held_by THEN
            outcome := 'given up';
        ELSIF how IN ('discarded', 'cancelled') AND b.steps #>> '{0,when}' = 'completed' THEN
            outcome := 'held';
            news := b.held_by IS DISTINCT FROM m.job_id;
        ELSIF passed = most THEN
            outcome := 'more';
        END IF;
        EXIT WHEN outcome IS NOT NULL;
        DELETE FROM penstock.batch_member AS d WHERE d.batch_id = m.batch_id AND d.job_id = m.job_id;
        b.completed := b.completed + (how IN ('completed', 'unknown'))::integer;
        b.discarded := b.discarded + (how = 'discarded')::integer;
        b.cancelled := b.cancelled + (how = 'cancelled')::integer;
        passed := passed + 1;
    END LOOP;
    -- A batch that has been open for long is looked at rarer: whoever ends its jobs looks anyway.
    UPDATE penstock.batch AS u
    SET completed = b.completed, discarded = b.discarded, cancelled = b.cancelled,
        held_by = CASE WHEN outcome = 'held' THEN m.job_id END,
        ended_at = CASE WHEN outcome = 'given up' THEN moment END,
        look_at = CASE WHEN outcome = 'given up' THEN moment + interval '7 days'
                       WHEN outcome = 'more' THEN b.look_at
                       ELSE moment + least(interval '1 minute', greatest(interval '1 second', (moment - b.enqueued_at) / 10)) END
    WHERE u.batch_id = b.batch_id;
    IF outcome IS NOT NULL THEN
        news := news OR outcome = 'given up';
        RETURN;
    END IF;
    BEGIN
        queue_id := penstock.next_step(b, moment);
        outcome := CASE WHEN b.steps -> 0 IS NULL THEN 'ended' ELSE 'stepped' END;
        news := true;
    EXCEPTION
        WHEN lock_not_available OR serialization_failure OR deadlock_detected THEN
            RAISE;
        WHEN OTHERS THEN
            outcome := 'failed';
            error := SQLERRM || ' (SQLSTATE ' || SQLSTATE || ')';
            news := error IS DISTINCT FROM b.last_error;
            UPDATE penstock.batch AS u SET last_error = error WHERE u.batch_id = b.batch_id;
    END;
END
$$;
