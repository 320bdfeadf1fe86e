-- UUIDv7: time-ordered, so that ids made together lie together in an index.
CREATE FUNCTION penstock.new_job_id() RETURNS uuid
    LANGUAGE sql VOLATILE
    SET search_path = pg_catalog, pg_temp
AS $$
SELECT encode(
    set_byte(
        set_byte(
            overlay(uuid_send(gen_random_uuid())
                    PLACING substring(int8send((extract(epoch FROM penstock.clock()) * 1000)::bigint) FROM 3) FROM 1 FOR 6),
            6, (get_byte(uuid_send(gen_random_uuid()), 6) & 15) | 112),
        8, (get_byte(uuid_send(gen_random_uuid()), 8) & 63) | 128), 'hex')::uuid
$$;

-- Draws the next position of a queue, after the transaction has its id. The order is the point: a reader that takes the
-- sequence's value first and a transaction id second then knows that whoever drew a lower position has a lower id.
CREATE FUNCTION penstock.draw_position(sequence regclass) RETURNS bigint
    LANGUAGE sql VOLATILE
AS 'SELECT CASE WHEN pg_catalog.pg_current_xact_id() IS NOT NULL THEN pg_catalog.nextval(sequence) END';

-- What is wrong with one job of a batch, in words, or null. Simple expressions, one by one: each is evaluated in a fraction
-- of a microsecond, where a query would be started for each job.
CREATE FUNCTION penstock.job_fault(job jsonb) RETURNS text
    LANGUAGE plpgsql STABLE
AS $$
DECLARE
    item jsonb;
BEGIN
    IF jsonb_typeof(job) IS DISTINCT FROM 'object' THEN
        RETURN format('expected a JSON object, was %s', coalesce(jsonb_typeof(job), 'null'));
    END IF;
    IF coalesce(job ->> 'type', '') !~ '^[A-Za-z][A-Za-z0-9_.:/-]{0,127}$' THEN
        RETURN format('type: expected a letter followed by at most 127 letters, digits or _ . : / -, was %s',
                      coalesce(to_json(left(job ->> 'type', 200))::text, 'null'));
    END IF;
    item := job -> 'payload';
    IF item IS NULL THEN
        RETURN 'payload: expected a JSON value, was absent';
    END IF;
    -- Spaces are added here: [1,1] takes half more.
    IF pg_column_size(item) > 524288 AND octet_length(item::text) > 1048576 * 3 / 2 THEN
        RETURN format('payload: expected at most 1048576 bytes, was %s', octet_length(item::text));
    END IF;
    IF job ->> 'run_at' IS NOT NULL
       AND (NOT isfinite((job ->> 'run_at')::timestamptz) OR (job ->> 'run_at')::timestamptz >= '10000-01-01 00:00:00Z') THEN
        RETURN format('run_at: expected a moment before the year 10000, was %s', job ->> 'run_at');
    END IF;
    IF job ->> 'run_in' IS NOT NULL AND (job ->> 'run_in')::interval NOT BETWEEN '0' AND '3650 days' THEN
        RETURN format('run_in: expected 0 to 3650 days, was %s', job ->> 'run_in');
    END IF;
    IF coalesce(job ->> 'priority', '2') !~ '^[0-3]$' THEN
        RETURN format('priority: expected 0 (urgent) to 3 (low), was %s', job ->> 'priority');
    END IF;
    IF coalesce(job ->> 'max_attempts', '20') !~ '^[1-9][0-9]{0,2}$' THEN
        RETURN format('max_attempts: expected 1 to 999, was %s', job ->> 'max_attempts');
    END IF;
    IF length(job ->> 'concurrency_key') NOT BETWEEN 1 AND 255 THEN
        RETURN format('concurrency_key: expected 1 to 255 characters, was %s', length(job ->> 'concurrency_key'));
    END IF;
    IF length(job ->> 'idempotency_key') NOT BETWEEN 1 AND 255 THEN
        RETURN format('idempotency_key: expected 1 to 255 characters, was %s', length(job ->> 'idempotency_key'));
    END IF;
    IF job ->> 'uniqueness' IS NOT NULL AND penstock.uniqueness_fault(job) IS NOT NULL THEN
        RETURN penstock.uniqueness_fault(job);
    END IF;
    item := job -> 'metadata';
    IF item IS NOT NULL AND jsonb_typeof(item) NOT IN ('object', 'null') THEN
        RETURN format('metadata: expected a JSON object, was %s', jsonb_typeof(item));
    END IF;
    IF pg_column_size(item) > 65536 THEN
        RETURN format('metadata: expected at most 65536 bytes, was %s', pg_column_size(item));
    END IF;
    item := job -> 'tags';
    IF item IS NOT NULL AND jsonb_typeof(item) <> 'null' THEN
        IF jsonb_typeof(item) <> 'array' THEN
            RETURN format('tags: expected an array of strings, was %s', jsonb_typeof(item));
        END IF;
        IF jsonb_array_length(item) > 16 THEN
            RETURN format('tags: expected at most 16, was %s', jsonb_array_length(item));
        END IF;
        FOR index IN 0..jsonb_array_length(item) - 1 LOOP
            IF jsonb_typeof(item -> index) <> 'string' OR length(item ->> index) NOT BETWEEN 1 AND 128 THEN
                RETURN 'tags: expected strings of 1 to 128 characters';
            END IF;
        END LOOP;
    END IF;
    RETURN NULL;
END
$$;

-- One job as an element of a batch. Absent and null are different only for the payload and the metadata.
CREATE FUNCTION penstock.job_document(
    type text, payload jsonb, run_at timestamptz, priority integer, max_attempts integer, concurrency_key text, tags text[], metadata jsonb)
    RETURNS jsonb
    LANGUAGE sql STABLE
AS $$
SELECT jsonb_strip_nulls(jsonb_build_object(
           'type', type, 'run_at', run_at, 'priority', priority, 'max_attempts', max_attempts, 'concurrency_key', concurrency_key,
           'tags', to_jsonb(tags)))
    || CASE WHEN payload IS NULL THEN '{}' ELSE jsonb_build_object('payload', payload) END
    || jsonb_build_object('metadata', metadata)
$$;

-- NOTIFY takes an instance-wide lock at commit: only a sleeping worker is worth it. A transaction that is to be prepared
-- must not notify: it says so by the setting, and the worker finds the job when it looks next, within a second.
CREATE FUNCTION penstock.wake(queue_id integer) RETURNS void
    LANGUAGE plpgsql VOLATILE
AS $$
BEGIN
    IF current_setting('penstock.notify', true) IS DISTINCT FROM 'off' THEN
        PERFORM pg_notify('penstock_wake', wake.queue_id::text);
    END IF;
END
$$;

-- Enqueues one job, which is what most transactions do, inside the caller's transaction. It costs a host a fraction of a batch of
-- one: no JSON is taken apart, what is to be checked is checked in one expression, and one statement looks the queue up, inserts
-- and looks for sleepers. Only a job that this expression does not find plain goes through the checks of a batch.
-- Takes no lock that another enqueuer or a worker could wait for.
CREATE FUNCTION penstock.enqueue_one(
    queue text, id uuid, type text, payload jsonb, run_at timestamptz, priority integer, max_attempts integer, concurrency_key text,
    tags text[], metadata jsonb, OUT job_id uuid, OUT created boolean, OUT eligible_at timestamptz)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
    SET lock_timeout = '500ms'
AS $$
DECLARE
    this_queue  integer;
    asleep      boolean;
    moment      timestamptz := penstock.clock();
    transaction xid8;
    fault       text;
BEGIN
    IF (type ~ '^[A-Za-z][A-Za-z0-9_.:/-]{0,127}$' AND pg_column_size(payload) <= 524288 AND run_at IS NULL
        AND priority BETWEEN 0 AND 3 AND max_attempts BETWEEN 1 AND 999
        AND (concurrency_key IS NULL OR length(concurrency_key) BETWEEN 1 AND 255) AND tags = '{}' AND metadata = '{}') IS NOT TRUE THEN
        fault := 'job 0: ' || penstock.job_fault(
            penstock.job_document(type, payload, run_at, priority, max_attempts, concurrency_key, tags, metadata));
    END IF;
    job_id := coalesce(id, penstock.new_job_id());
    created := true;
    IF fault IS NULL AND run_at > moment THEN
        INSERT INTO penstock.waiting (id, due_at, enqueued_at, eligible_at, queue_id, max_attempts, priority, state, type,
                                      concurrency_key, tags, metadata, payload)
        SELECT job_id, run_at, moment, run_at, q.queue_id, coalesce(max_attempts, 20), coalesce(enqueue_one.priority, 2), 'scheduled',
               enqueue_one.type, enqueue_one.concurrency_key, coalesce(enqueue_one.tags, '{}'), coalesce(enqueue_one.metadata, '{}'),
               enqueue_one.payload
        FROM penstock.queue AS q WHERE q.name = enqueue_one.queue AND q.removed_at IS NULL
        RETURNING queue_id, EXISTS (SELECT FROM penstock.sleeper AS s WHERE s.queue_id = waiting.queue_id) INTO this_queue, asleep;
        eligible_at := run_at;
    ELSIF fault IS NULL THEN
        transaction := pg_current_xact_id(); -- before the position is drawn
        INSERT INTO penstock.live (id, position, enqueued_at, eligible_at, queue_id, max_attempts, segment, priority, type,
                                   concurrency_key, tags, metadata, payload)
        SELECT job_id, nextval(('penstock.position_q' || q.queue_id)::regclass), moment, moment, q.queue_id, coalesce(enqueue_one.max_attempts, 20),
               q.write_segment, coalesce(enqueue_one.priority, 2), enqueue_one.type, enqueue_one.concurrency_key,
               coalesce(enqueue_one.tags, '{}'), coalesce(enqueue_one.metadata, '{}'), enqueue_one.payload
        FROM penstock.queue AS q WHERE q.name = enqueue_one.queue AND q.removed_at IS NULL
        RETURNING queue_id, EXISTS (SELECT FROM penstock.sleeper AS s WHERE s.queue_id = live.queue_id) INTO this_queue, asleep;
        eligible_at := moment;
    END IF;
    IF this_queue IS NULL THEN
        IF fault IS NOT NULL AND EXISTS (SELECT FROM penstock.queue AS q WHERE q.name = enqueue_one.queue AND q.removed_at IS NULL) THEN
            RAISE EXCEPTION '%', fault USING ERRCODE = 'PN001';
        END IF;
        RAISE EXCEPTION 'queue "%": expected an existing queue, found none; create it or correct the name', enqueue_one.queue
            USING ERRCODE = 'PN002';
    END IF;
    IF asleep THEN
        PERFORM penstock.wake(this_queue);
    END IF;
END
$$;

-- Enqueues a batch into one queue, inside the caller's transaction. Each element of "jobs" is an object with "type" and
-- "payload", and optionally "id", "run_at", "run_in", "priority", "max_attempts", "concurrency_key", "tags", "metadata", and either
-- "idempotency_key" or "uniqueness": {"key", "while": "waiting" or "waiting or running", "period", "on_conflict": "keep", "replace
-- payload" or "replace"}. Answers a row per element in order; created is false where the key was held already, and the id is
-- then that of the job which holds it. Of several with one key, the first counts; the last where that replaces.
-- Takes no lock that another enqueuer or a worker could wait for; the same key excepted, for half a second.
CREATE FUNCTION penstock.enqueue_batch(queue text, jobs jsonb)
    RETURNS TABLE (job_id uuid, created boolean, eligible_at timestamptz)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
    SET lock_timeout = '500ms'
    SET enable_seqscan = off -- a plan made while the keys have one page would be kept while they grow
AS $$
DECLARE
    this_queue integer;
    segment    smallint;
    sequence   regclass;
    moment     timestamptz;
    fault      text;
    transaction xid8;
    fresh      jsonb; -- keys that are new, each with the ordinal of the job that brought it
    known      jsonb; -- all keys given, each with the id of the job that holds it
    unique_fresh jsonb; -- the same of keys of unique jobs
    unique_known jsonb;
BEGIN
    SELECT q.queue_id, q.write_segment INTO this_queue, segment FROM penstock.queue AS q
    WHERE q.name = enqueue_batch.queue AND q.removed_at IS NULL;
    IF this_queue IS NULL THEN
        RAISE EXCEPTION 'queue "%": expected an existing queue, found none; create it or correct the name', enqueue_batch.queue
            USING ERRCODE = 'PN002';
    END IF;
    IF jsonb_typeof(jobs) IS DISTINCT FROM 'array' OR jsonb_array_length(jobs) NOT BETWEEN 1 AND 10000 THEN
        RAISE EXCEPTION 'jobs: expected an array of 1 to 10000 jobs, was %',
            CASE WHEN jsonb_typeof(jobs) = 'array' THEN jsonb_array_length(jobs)::text ELSE coalesce(jsonb_typeof(jobs), 'null') END
            USING ERRCODE = 'PN001';
    END IF;
    SELECT format('job %s: %s', checked.ordinal - 1, checked.fault) INTO fault
    FROM (SELECT j.ordinal, penstock.job_fault(j.job) AS fault FROM jsonb_array_elements(jobs) WITH ORDINALITY AS j (job, ordinal)) AS checked
    WHERE checked.fault IS NOT NULL
    ORDER BY checked.ordinal LIMIT 1;
    IF fault IS NOT NULL THEN
        RAISE EXCEPTION '%', fault USING ERRCODE = 'PN001';
    END IF;

    transaction := pg_current_xact_id(); -- before the first position is drawn
    sequence := format('penstock.position_q%s', this_queue)::regclass;
    moment := penstock.clock();

    -- The order of keys is fixed, so that two batches with the same keys cannot deadlock.
    IF jsonb_path_exists(jobs, '$[*] ? (@.idempotency_key != null || @.uniqueness != null)') THEN
        SELECT jsonb_agg(e.job || jsonb_build_object('id', coalesce((e.job ->> 'id')::uuid, penstock.new_job_id()),
                                                     'metadata', penstock.unique_metadata(e.job),
                                                     'run_at', greatest((e.job ->> 'run_at')::timestamptz, moment + (e.job ->> 'run_in')::interval),
                                                     'run_in', NULL) ORDER BY e.ordinal)
        INTO jobs
        FROM jsonb_array_elements(jobs) WITH ORDINALITY AS e (job, ordinal);
    END IF;
    IF jsonb_path_exists(jobs, '$[*].idempotency_key ? (@ != null)') THEN
        WITH first_of_key AS MATERIALIZED (
            SELECT DISTINCT ON (e.job ->> 'idempotency_key') e.job ->> 'idempotency_key' AS key, (e.job ->> 'id')::uuid AS id, e.ordinal,
                   greatest(moment, (e.job ->> 'run_at')::timestamptz) + interval '7 days' AS keep_until
            FROM jsonb_array_elements(jobs) WITH ORDINALITY AS e (job, ordinal)
            WHERE e.job ->> 'idempotency_key' IS NOT NULL
            ORDER BY e.job ->> 'idempotency_key', e.ordinal
        ), made AS (
            INSERT INTO penstock.idempotency AS i (queue_id, key, job_id, created_at, keep_until)
            SELECT this_queue, f.key, f.id, moment, f.keep_until FROM first_of_key AS f ORDER BY f.key
            ON CONFLICT DO NOTHING
            RETURNING i.key
        )
        SELECT jsonb_object_agg(f.key, f.ordinal) INTO fresh FROM first_of_key AS f JOIN made AS m ON m.key = f.key;
        SELECT jsonb_object_agg(i.key, i.job_id) INTO known
        FROM penstock.idempotency AS i
        WHERE i.queue_id = this_queue
          AND i.key IN (SELECT e.job ->> 'idempotency_key' FROM jsonb_array_elements(jobs) AS e (job));
        IF EXISTS (SELECT FROM jsonb_array_elements(jobs) AS e (job)
                   WHERE e.job ->> 'idempotency_key' IS NOT NULL AND known -> (e.job ->> 'idempotency_key') IS NULL) THEN
            RAISE EXCEPTION 'an idempotency key was forgotten at this very moment' USING ERRCODE = 'serialization_failure';
        END IF;
    END IF;
    IF jsonb_path_exists(jobs, '$[*].uniqueness ? (@ != null)') THEN
        WITH one_of_key AS MATERIALIZED (
            SELECT DISTINCT ON (e.job #>> '{uniqueness,key}') e.job #>> '{uniqueness,key}' AS key, e.job, e.ordinal
            FROM jsonb_array_elements(jobs) WITH ORDINALITY AS e (job, ordinal)
            WHERE e.job ->> 'uniqueness' IS NOT NULL
            ORDER BY e.job #>> '{uniqueness,key}',
                     CASE WHEN e.job #>> '{uniqueness,on_conflict}' LIKE 'replace%' THEN -e.ordinal ELSE e.ordinal END
        ), taken AS MATERIALIZED (
            SELECT o.key, o.ordinal, (o.job ->> 'id')::uuid AS id, penstock.take_unique_key(this_queue, o.job, moment) AS holder
            FROM one_of_key AS o
        )
        SELECT jsonb_object_agg(t.key, t.ordinal) FILTER (WHERE t.holder = t.id), jsonb_object_agg(t.key, t.holder)
        INTO unique_fresh, unique_known
        FROM taken AS t;
    END IF;
    fresh := jsonb_build_object('idempotent', fresh, 'unique', unique_fresh);
    known := jsonb_build_object('idempotent', known, 'unique', unique_known);

    RETURN QUERY
    WITH incoming AS MATERIALIZED (
        SELECT coalesce(j.id, penstock.new_job_id()) AS id, j.type, j.payload, coalesce(j.priority, 2::smallint) AS priority,
               coalesce(j.max_attempts, 20) AS max_attempts, j.concurrency_key, j.idempotency_key,
               coalesce(j.tags, '{}') AS tags, coalesce(nullif(j.metadata, 'null'), '{}') AS metadata,
               greatest(j.run_at, moment, moment + j.run_in) AS eligible_at, j.ordinal, k.path,
               k.path IS NULL OR coalesce((fresh #>> k.path)::bigint = j.ordinal, false) AS created
        FROM ROWS FROM (jsonb_to_recordset(jobs) AS (
            id uuid, type text, payload jsonb, run_at timestamptz, run_in interval, priority smallint, max_attempts integer,
            concurrency_key text, idempotency_key text, tags text[], metadata jsonb, uniqueness jsonb))
            WITH ORDINALITY AS j (id, type, payload, run_at, run_in, priority, max_attempts, concurrency_key, idempotency_key, tags,
                                  metadata, uniqueness, ordinal)
        CROSS JOIN LATERAL (VALUES (CASE WHEN j.idempotency_key IS NOT NULL THEN ARRAY['idempotent', j.idempotency_key]
                                         WHEN j.uniqueness <> 'null' THEN ARRAY['unique', j.uniqueness ->> 'key'] END)) AS k (path)
    ), later AS (
        INSERT INTO penstock.waiting (id, due_at, enqueued_at, eligible_at, queue_id, max_attempts, priority, state, type,
                                      concurrency_key, idempotency_key, tags, metadata, payload)
        SELECT i.id, i.eligible_at, moment, i.eligible_at, this_queue, i.max_attempts, i.priority, 'scheduled', i.type,
               i.concurrency_key, i.idempotency_key, i.tags, i.metadata, i.payload
        FROM incoming AS i WHERE i.created AND i.eligible_at > moment
    ), now AS (
        INSERT INTO penstock.live (id, position, enqueued_at, eligible_at, queue_id, max_attempts, segment, priority, type,
                                   concurrency_key, idempotency_key, tags, metadata, payload)
        SELECT i.id, penstock.draw_position(sequence), moment, i.eligible_at, this_queue, i.max_attempts, segment, i.priority, i.type,
               i.concurrency_key, i.idempotency_key, i.tags, i.metadata, i.payload
        FROM incoming AS i WHERE i.created AND i.eligible_at <= moment
        ORDER BY i.ordinal
    )
    SELECT CASE WHEN i.created THEN i.id ELSE (known #>> i.path)::uuid END, i.created, i.eligible_at
    FROM incoming AS i ORDER BY i.ordinal;

    IF EXISTS (SELECT FROM penstock.sleeper AS s WHERE s.queue_id = this_queue) THEN
        PERFORM penstock.wake(this_queue);
    END IF;
END
$$;

-- For one job, from any language and from triggers.
CREATE FUNCTION penstock.enqueue(
    queue text, type text, payload jsonb DEFAULT '{}', run_at timestamptz DEFAULT NULL, priority integer DEFAULT 2,
    max_attempts integer DEFAULT 20, concurrency_key text DEFAULT NULL, tags text[] DEFAULT '{}',
    metadata jsonb DEFAULT '{}', idempotency_key text DEFAULT NULL, id uuid DEFAULT NULL, uniqueness jsonb DEFAULT NULL)
    RETURNS uuid
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF idempotency_key IS NULL AND uniqueness IS NULL THEN
        RETURN (penstock.enqueue_one(queue, id, type, payload, run_at, priority, max_attempts, concurrency_key, tags, metadata)).job_id;
    END IF;
    RETURN (SELECT b.job_id
            FROM penstock.enqueue_batch(queue, jsonb_build_array(
                penstock.job_document(type, payload, run_at, priority, max_attempts, concurrency_key, tags, metadata)
                || jsonb_build_object('id', id, 'idempotency_key', idempotency_key, 'uniqueness', uniqueness))) AS b);
END
$$;

-- The moment that a time-ordered id (UUIDv7) was made by its maker's clock, a day taken off for clocks that differ; null of
-- any other id. What ended did so after it.
CREATE FUNCTION penstock.earliest_end(job_id uuid) RETURNS timestamptz
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
SELECT CASE WHEN substr(job_id::text, 15, 1) = '7' THEN
    to_timestamp(('x' || substr(replace(job_id::text, '-', ''), 1, 12))::bit(48)::bigint / 1000.0) - interval '1 day' END
$$;

-- Whether a job is there, in any room, or may have been and left no trace. After a crash the server may give the id of a
-- transaction that was lost to another one, so a caller whose commit was not answered has to ask for the job itself.
-- Names the queue's own tables, and the days that the job can have ended on: the plan of a statement through the parents opens
-- and locks every table of every queue. All looks share the snapshot of the caller's statement, so no job slips through
-- between two rooms. A name that is not known may be a queue's former one: then every table is looked through.
CREATE FUNCTION penstock.is_enqueued(queue text, job_id uuid) RETURNS boolean
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
    SET enable_seqscan = off
AS $$
DECLARE
    this_queue integer;
    kept       integer;
    found      boolean;
BEGIN
    SELECT q.queue_id, q.keep_completed INTO this_queue, kept
    FROM penstock.queue AS q WHERE q.name = is_enqueued.queue AND q.removed_at IS NULL;
    IF kept = 0 OR EXISTS (SELECT FROM penstock.waiting AS w WHERE w.id = job_id) THEN
        RETURN true;
    END IF;
    EXECUTE format('SELECT EXISTS (SELECT FROM %s WHERE id = $1)',
                   CASE WHEN this_queue IS NULL THEN 'penstock.live' ELSE format('penstock.live_q%s', this_queue) END)
        INTO found USING job_id;
    IF NOT found THEN
        EXECUTE format('SELECT EXISTS (SELECT FROM penstock.finished WHERE id = $1 AND finished_at >= %L AND finished_at < %L)',
                       coalesce(penstock.earliest_end(job_id), '-infinity'), penstock.clock() + interval '1 day')
            INTO found USING job_id;
    END IF;
    RETURN found OR EXISTS (SELECT FROM penstock.finished AS f WHERE f.id = job_id);
END
$$;

-- Keeps the ten newest failures of a job.
CREATE FUNCTION penstock.add_failure(failures jsonb, failure jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
SELECT CASE
    WHEN failure IS NULL THEN failures
    WHEN jsonb_array_length(failures) >= 10 THEN (failures - 0) || failure
    ELSE failures || failure
END
$$;
