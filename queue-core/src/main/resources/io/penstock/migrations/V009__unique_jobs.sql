-- Unique jobs: at most one of a key at a time. What counts is whether the job that took the key has started or ended, and that
-- is asked when the next one comes: neither a claim nor a completion does anything for it.

-- Who took a key last. A row says nothing by itself: its job may have ended long ago.
CREATE TABLE penstock.unique_key (
    queue_id integer     NOT NULL REFERENCES penstock.queue,
    key      text        NOT NULL,
    job_id   uuid        NOT NULL,
    taken_at timestamptz NOT NULL,
    look_at  timestamptz NOT NULL, -- not before then does anybody look whether the row is still of use
    PRIMARY KEY (queue_id, key)
);

CREATE INDEX unique_key_look_at ON penstock.unique_key (look_at);

-- What is wrong with what a job says of its uniqueness, in words, or null.
CREATE FUNCTION penstock.uniqueness_fault(job jsonb) RETURNS text
    LANGUAGE plpgsql STABLE
AS $$
DECLARE
    wish jsonb := job -> 'uniqueness';
BEGIN
    IF jsonb_typeof(wish) <> 'object' THEN
        RETURN format('uniqueness: expected a JSON object, was %s', jsonb_typeof(wish));
    END IF;
    IF job ->> 'idempotency_key' IS NOT NULL THEN
        RETURN 'uniqueness: expected no idempotency key beside it, was both; take one of the two';
    END IF;
    IF coalesce(length(wish ->> 'key'), 0) NOT BETWEEN 1 AND 255 THEN
        RETURN format('uniqueness key: expected 1 to 255 characters, was %s', coalesce(length(wish ->> 'key'), 0));
    END IF;
    IF coalesce(wish ->> 'while', '') NOT IN ('waiting', 'waiting or running') THEN
        RETURN format('uniqueness while: expected "waiting" or "waiting or running", was %s',
                      coalesce(to_json(left(wish ->> 'while', 200))::text, 'null'));
    END IF;
    IF coalesce(wish ->> 'on_conflict', 'keep') NOT IN ('keep', 'replace payload', 'replace') THEN
        RETURN format('uniqueness on_conflict: expected "keep", "replace payload" or "replace", was %s',
                      to_json(left(wish ->> 'on_conflict', 200)));
    END IF;
    IF coalesce((wish ->> 'period')::interval, interval '0') NOT BETWEEN interval '0' AND interval '3650 days' THEN
        RETURN format('uniqueness period: expected 0 to 3650 days, was %s', wish ->> 'period');
    END IF;
    RETURN NULL;
END
$$;

-- The room that a job is in: 'waiting', 'available', 'running', or null if it has ended or never was. One that has not started may be
-- locked, until the caller's transaction ends: to 'keep' it, so that it starts after whatever else that transaction did, for which
-- any number of transactions may hold it at once and a claim passes it by; or to 'change' it.
-- A job that has been due for a second and is held by others at this moment might never find a gap to start in. Where it need not
-- be 'the only one', the answer is null for it, as if it had started.
-- Both rooms are looked at in one snapshot, so that no job slips through between them; it may have moved on by the time it is
-- locked, and is then looked for again.
CREATE FUNCTION penstock.hold_unstarted(this_queue integer, job_id uuid, purpose text, the_only_one boolean) RETURNS text
    LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    live text := format('penstock.live_q%s', this_queue);
    room text;
    due  timestamptz;
    late boolean;
    held integer;
BEGIN
    LOOP
        EXECUTE format(
            'SELECT state, eligible_at FROM (
                 (SELECT state, eligible_at FROM %s WHERE id = $1 ORDER BY state LIMIT 1)
                 UNION ALL
                 (SELECT ''waiting'', due_at FROM penstock.waiting WHERE id = $1)) AS found LIMIT 1', live) INTO room, due USING job_id;
        IF room IS NULL OR room = 'running' OR purpose = 'look' THEN
            RETURN room;
        END IF;
        late := due < penstock.clock() - interval '1 second' AND NOT the_only_one;
        BEGIN
            EXECUTE format(
                'SELECT FROM %s WHERE id = $1 %s %s',
                CASE WHEN room = 'waiting' THEN 'penstock.waiting' ELSE live END,
                CASE WHEN room = 'available' THEN 'AND state = ''available''' END,
                CASE WHEN late THEN 'FOR UPDATE SKIP LOCKED' WHEN purpose = 'change' THEN 'FOR UPDATE' ELSE 'FOR SHARE' END) USING job_id;
            GET DIAGNOSTICS held = ROW_COUNT;
            IF held = 0 THEN
                RAISE EXCEPTION 'it has moved on' USING ERRCODE = 'PN009';
            END IF;
        EXCEPTION WHEN SQLSTATE 'PN009' THEN -- the lock that a started job's row may have got all the same goes with the subtransaction
            held := 0;
        END;
        IF held > 0 OR late THEN
            RETURN CASE WHEN held > 0 THEN room END;
        END IF;
    END LOOP;
END
$$;

-- Gives a job that has not started, and is locked, what a new one brings.
CREATE FUNCTION penstock.replace_payload(this_queue integer, room text, job_id uuid, job jsonb) RETURNS void
    LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    EXECUTE format('UPDATE %s SET type = $2, payload = $3, metadata = $4, tags = $5 WHERE id = $1',
                   CASE WHEN room = 'waiting' THEN 'penstock.waiting' ELSE format('penstock.live_q%s', this_queue) END)
        USING job_id, job ->> 'type', job -> 'payload', penstock.unique_metadata(job),
              ARRAY(SELECT jsonb_array_elements_text(coalesce(nullif(job -> 'tags', 'null'), '[]')));
END
$$;

-- The same, and its time, its level and its maximum of attempts: it goes to the end of the line, or waits for its new time. What
-- has been tried, and the lease token that fences those tries, stay.
CREATE FUNCTION penstock.replace_job(this_queue integer, room text, job_id uuid, job jsonb, moment timestamptz) RETURNS void
    LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    old     record;
    run_at  timestamptz := greatest((job ->> 'run_at')::timestamptz, moment);
    most    integer     := coalesce((job ->> 'max_attempts')::integer, 20);
    level   smallint    := coalesce((job ->> 'priority')::smallint, 2);
    tags    text[]      := ARRAY(SELECT jsonb_array_elements_text(coalesce(nullif(job -> 'tags', 'null'), '[]')));
BEGIN
    EXECUTE format('DELETE FROM %s WHERE id = $1
                    RETURNING lease_token, enqueued_at, first_claimed_at, generation, attempt, failures',
                   CASE WHEN room = 'waiting' THEN 'penstock.waiting' ELSE format('penstock.live_q%s', this_queue) END)
        INTO STRICT old USING job_id;
    most := greatest(most, old.attempt + 1); -- the attempt that the caller asks for
    IF run_at > moment THEN
        INSERT INTO penstock.waiting (id, lease_token, due_at, enqueued_at, eligible_at, first_claimed_at, queue_id, generation, attempt,
                                      max_attempts, priority, state, type, concurrency_key, tags, metadata, failures, payload)
        VALUES (job_id, old.lease_token, run_at, old.enqueued_at, run_at, old.first_claimed_at, this_queue, old.generation, old.attempt,
                most, level, 'scheduled', job ->> 'type', job ->> 'concurrency_key', tags, penstock.unique_metadata(job),
                old.failures, job -> 'payload');
    ELSE
        INSERT INTO penstock.live (id, position, lease_token, enqueued_at, eligible_at, first_claimed_at, queue_id, generation, attempt,
                                   max_attempts, segment, priority, type, concurrency_key, tags, metadata, failures, payload)
        SELECT job_id, penstock.draw_position(format('penstock.position_q%s', this_queue)::regclass), old.lease_token, old.enqueued_at,
               moment, old.first_claimed_at, this_queue, old.generation, old.attempt, most, q.write_segment, level, job ->> 'type',
               job ->> 'concurrency_key', tags, penstock.unique_metadata(job), old.failures, job -> 'payload'
        FROM penstock.queue AS q WHERE q.queue_id = this_queue;
    END IF;
END
$$;

-- A unique job's metadata, with the key for whoever looks at the job.
CREATE FUNCTION penstock.unique_metadata(job jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
SELECT coalesce(nullif(job -> 'metadata', 'null'), '{}')
    || CASE WHEN job #>> '{uniqueness,key}' IS NULL THEN '{}' ELSE jsonb_build_object('penstock.unique', job #> '{uniqueness,key}') END
$$;

-- Takes a key for a job that is about to be inserted, or does to the job that holds it what the new one wishes. Answers the id of
-- the job that has the key then. Waits for nobody but a transaction that has just taken the same key, or changes its job.
CREATE FUNCTION penstock.take_unique_key(this_queue integer, job jsonb, moment timestamptz) RETURNS uuid
    LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp
    SET enable_seqscan = off -- a plan made while a table has one page would be kept while it grows
AS $$
DECLARE
    wish        jsonb       := job -> 'uniqueness';
    on_conflict text        := coalesce(wish ->> 'on_conflict', 'keep');
    the_only    boolean     := wish ->> 'while' = 'waiting or running';
    new_id      uuid        := (job ->> 'id')::uuid;
    period      interval    := coalesce((wish ->> 'period')::interval, interval '0');
    next_look   timestamptz := greatest((job ->> 'run_at')::timestamptz, moment) + period + interval '1 day';
    holder      penstock.unique_key;
    room        text;
BEGIN
    LOOP
        SELECT * INTO holder FROM penstock.unique_key AS u WHERE u.queue_id = this_queue AND u.key = wish ->> 'key';
        IF NOT FOUND THEN
            INSERT INTO penstock.unique_key AS u (queue_id, key, job_id, taken_at, look_at)
            VALUES (this_queue, wish ->> 'key', new_id, moment, next_look)
            ON CONFLICT DO NOTHING;
            IF FOUND THEN
                RETURN new_id;
            END IF;
            CONTINUE;
        END IF;
        room := penstock.hold_unstarted(
            this_queue, holder.job_id,
            CASE WHEN on_conflict <> 'keep' THEN 'change' WHEN the_only THEN 'look' ELSE 'keep' END, the_only);
        EXIT WHEN room IN ('waiting', 'available') OR (room = 'running' AND the_only)
            OR (period > interval '0' AND holder.taken_at + period > moment);
        UPDATE penstock.unique_key AS u SET job_id = new_id, taken_at = moment, look_at = next_look
        WHERE u.queue_id = this_queue AND u.key = holder.key AND u.job_id = holder.job_id AND u.taken_at = holder.taken_at;
        IF FOUND THEN
            RETURN new_id;
        END IF;
    END LOOP;
    IF room IN ('waiting', 'available') AND on_conflict = 'replace payload' THEN
        PERFORM penstock.replace_payload(this_queue, room, holder.job_id, job);
    ELSIF room IN ('waiting', 'available') AND on_conflict = 'replace' THEN
        PERFORM penstock.replace_job(this_queue, room, holder.job_id, job, penstock.clock());
    END IF;
    RETURN holder.job_id;
END
$$;

-- Forgets keys whose jobs have ended; the others are looked at again in a day.
CREATE FUNCTION penstock.forget_unique_keys(most integer DEFAULT 500) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
    SET enable_seqscan = off
AS $$
DECLARE
    old       record;
    alive     boolean;
    forgotten integer := 0;
BEGIN
    FOR old IN
        SELECT u.queue_id, u.key, u.job_id FROM penstock.unique_key AS u
        WHERE u.look_at < (SELECT penstock.clock()) ORDER BY u.look_at LIMIT most FOR UPDATE SKIP LOCKED
    LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM penstock.live_q%s WHERE id = $1) OR EXISTS (SELECT FROM penstock.waiting WHERE id = $1)',
                       old.queue_id) INTO alive USING old.job_id;
        IF alive THEN
            UPDATE penstock.unique_key AS u SET look_at = penstock.clock() + interval '1 day'
            WHERE u.queue_id = old.queue_id AND u.key = old.key;
        ELSE
            DELETE FROM penstock.unique_key AS u WHERE u.queue_id = old.queue_id AND u.key = old.key;
            forgotten := forgotten + 1;
        END IF;
    END LOOP;
    RETURN forgotten;
END
$$;
