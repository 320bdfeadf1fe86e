-- What is kept of jobs that have ended, and for how long. A queue says so in whole days, for completed jobs and for those
-- that were discarded or cancelled; what it keeps for no day is not written at all. A day that no queue keeps is emptied
-- and its partition removed; rows of queues that keep less than others are deleted from a day that stays.
CREATE TABLE penstock.retained_day (
    day        date    PRIMARY KEY,
    pruned_age integer NOT NULL DEFAULT 0, -- in days; what was kept for fewer has been deleted
    next_page  bigint  NOT NULL DEFAULT 0,
    expired    boolean NOT NULL DEFAULT false
);

-- One bounded step. Answers whether there may be more to do.
CREATE FUNCTION penstock.prune_day(pages integer DEFAULT 2000) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
    SET lock_timeout = '50ms'
    SET timezone = 'UTC'
AS $$
DECLARE
    today  date := penstock.clock()::date;
    chosen penstock.retained_day;
    leaf   text;
    age    integer;
BEGIN
    INSERT INTO penstock.retained_day (day)
    SELECT made.day
    FROM pg_inherits AS i
    JOIN pg_class AS c ON c.oid = i.inhrelid
    CROSS JOIN LATERAL (SELECT to_date(right(c.relname::text, 8), 'YYYYMMDD') AS day) AS made
    WHERE i.inhparent = 'penstock.finished'::regclass AND NOT i.inhdetachpending AND made.day < today
      AND NOT EXISTS (SELECT FROM penstock.retained_day AS known WHERE known.day = made.day)
    ON CONFLICT DO NOTHING;

    SELECT * INTO chosen
    FROM penstock.retained_day AS d
    WHERE NOT d.expired AND EXISTS (
        SELECT FROM penstock.queue AS q
        WHERE q.keep_completed BETWEEN d.pruned_age AND today - d.day - 1 OR q.keep_failed BETWEEN d.pruned_age AND today - d.day - 1)
    ORDER BY d.day LIMIT 1 FOR UPDATE SKIP LOCKED;
    IF NOT FOUND THEN
        RETURN false;
    END IF;

    leaf := format('penstock.finished_%s', to_char(chosen.day, 'YYYYMMDD'));
    age := today - chosen.day;
    IF to_regclass(leaf) IS NULL THEN
        DELETE FROM penstock.retained_day AS d WHERE d.day = chosen.day;
    ELSIF NOT EXISTS (SELECT FROM penstock.queue AS q WHERE greatest(q.keep_completed, q.keep_failed) >= age) THEN
        EXECUTE format('TRUNCATE %s', leaf);
        UPDATE penstock.retained_day AS d SET expired = true WHERE d.day = chosen.day;
    ELSIF chosen.next_page < pg_relation_size(leaf::regclass) / current_setting('block_size')::bigint THEN
        EXECUTE format('DELETE FROM %s AS f USING penstock.queue AS q
                        WHERE f.ctid >= $1 AND f.ctid < $2 AND q.queue_id = f.queue_id
                          AND CASE f.state WHEN ''completed'' THEN q.keep_completed ELSE q.keep_failed END < $3', leaf)
            USING format('(%s,0)', chosen.next_page)::tid, format('(%s,0)', chosen.next_page + pages)::tid, age;
        UPDATE penstock.retained_day AS d SET next_page = chosen.next_page + pages WHERE d.day = chosen.day;
    ELSE
        UPDATE penstock.retained_day AS d SET next_page = 0, pruned_age = age WHERE d.day = chosen.day;
    END IF;
    RETURN true;
END
$$;

-- A queue that keeps less from now on: every day is looked through again.
CREATE FUNCTION penstock.prune_again() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    UPDATE penstock.retained_day SET pruned_age = 0, next_page = 0 WHERE NOT expired;
    RETURN NULL;
END
$$;

CREATE TRIGGER prune_again AFTER UPDATE OF keep_completed, keep_failed ON penstock.queue
    FOR EACH ROW WHEN (new.keep_completed < old.keep_completed OR new.keep_failed < old.keep_failed)
    EXECUTE FUNCTION penstock.prune_again();

-- Forgets idempotency keys whose time is over, at most so many. Answers how many.
CREATE FUNCTION penstock.forget_keys(most integer DEFAULT 5000) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
    SET enable_seqscan = off -- a plan made while a table has one page would be kept while it grows
AS $$
DECLARE
    forgotten integer;
BEGIN
    DELETE FROM penstock.idempotency WHERE ctid = ANY (ARRAY(
        SELECT i.ctid FROM penstock.idempotency AS i
        WHERE i.keep_until < (SELECT penstock.clock()) ORDER BY i.keep_until LIMIT most FOR UPDATE SKIP LOCKED));
    GET DIAGNOSTICS forgotten = ROW_COUNT;
    RETURN forgotten;
END
$$;

-- The tables that hold jobs.
CREATE FUNCTION penstock.job_tables() RETURNS SETOF regclass
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
SELECT 'penstock.waiting'::regclass
UNION ALL
SELECT t.relid::regclass FROM pg_partition_tree('penstock.live') AS t WHERE t.isleaf
UNION ALL
SELECT t.relid::regclass FROM pg_partition_tree('penstock.finished') AS t WHERE t.isleaf
$$;

-- Erases what jobs with a tag carry: payload, metadata, failures and result. Looks through some pages of one table; a job there that
-- has not started is cancelled, one that runs goes on with what its worker has read. Answers how many jobs were changed.
CREATE FUNCTION penstock.erase_tag(tag text, job_table regclass, first_page bigint, pages integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    from_row tid := format('(%s,0)', first_page)::tid;
    to_row   tid := format('(%s,0)', first_page + pages)::tid;
    finished regclass := 'penstock.finished'::regclass;
    ended    boolean;
    erased   integer := 0;
    changed  integer;
BEGIN
    IF job_table NOT IN (SELECT penstock.job_tables()) THEN
        RAISE EXCEPTION 'job table: expected one of penstock.job_tables(), was %', job_table USING ERRCODE = 'PN001';
    END IF;
    ended := EXISTS (SELECT FROM pg_inherits WHERE inhrelid = job_table AND inhparent = finished);
    IF NOT ended THEN
        EXECUTE format(
            'WITH gone AS (DELETE FROM %s AS j WHERE j.ctid >= $1 AND j.ctid < $2 AND j.tags @> ARRAY[$3] AND j.state <> ''running'' RETURNING *)
             INSERT INTO penstock.finished (id, lease_token, enqueued_at, eligible_at, first_claimed_at, finished_at, queue_id, generation,
                 attempt, max_attempts, priority, state, reason, type, concurrency_key, idempotency_key, tags, metadata, failures, payload)
             SELECT g.id, g.lease_token, g.enqueued_at, g.eligible_at, g.first_claimed_at, penstock.clock(), g.queue_id, g.generation,
                 g.attempt, g.max_attempts, g.priority, ''cancelled'', ''what it carried was erased'', g.type, g.concurrency_key,
                 g.idempotency_key, g.tags, ''{}'', ''[]'', ''{"erased":true}'' FROM gone AS g', job_table)
            USING from_row, to_row, tag;
        GET DIAGNOSTICS changed = ROW_COUNT;
        erased := erased + changed;
    END IF;
    EXECUTE format(
        'UPDATE %s AS j SET payload = ''{"erased":true}'', metadata = ''{}'', failures = ''[]''%s
         WHERE j.ctid >= $1 AND j.ctid < $2 AND j.tags @> ARRAY[$3] AND j.payload <> ''{"erased":true}''',
        job_table, CASE WHEN ended THEN ', result = NULL' ELSE '' END)
        USING from_row, to_row, tag;
    GET DIAGNOSTICS changed = ROW_COUNT;
    RETURN erased + changed;
END
$$;
