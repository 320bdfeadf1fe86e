-- Limits and rates per concurrency key. What is above one is parked in "waiting", in the order in which it stood in line.

-- How many jobs of one key may run at once, over all workers. Null: never had such a limit, and nothing is done for keys unless they have
-- a rate. Zero: it, or the rate, was lifted, and what is parked is still to be taken.
ALTER TABLE penstock.queue ADD COLUMN per_key integer;
ALTER TABLE penstock.queue ADD CONSTRAINT queue_per_key_is_bounded CHECK (per_key BETWEEN 0 AND 10000);

-- A parked job keeps the place that it had in line. What it is parked for is its key, if nothing else is said.
ALTER TABLE penstock.waiting ADD COLUMN position bigint;
ALTER TABLE penstock.waiting ADD COLUMN parked_for text; -- the subject of a pause
ALTER TABLE penstock.waiting ADD CONSTRAINT waiting_parked_has_a_place
    CHECK (state <> 'parked' OR (coalesce(concurrency_key, parked_for) IS NOT NULL AND position IS NOT NULL));
ALTER TABLE penstock.waiting ADD CONSTRAINT waiting_parked_for_something CHECK (state = 'parked' OR parked_for IS NULL);

CREATE INDEX waiting_parked ON penstock.waiting (queue_id, concurrency_key, priority, position)
    WHERE state = 'parked' AND parked_for IS NULL;

-- One row per attempt that runs under a limit per key. It is made by the claim, under the key's advisory lock, and counts as long as it
-- is there; it is removed with the end of the attempt, and else by the next sweep that finds the attempt no longer running.
CREATE TABLE penstock.key_holder (
    queue_id        integer  NOT NULL,
    concurrency_key text     NOT NULL,
    job_id          uuid     NOT NULL,
    lease_token     bigint   NOT NULL,
    segment         smallint NOT NULL,
    PRIMARY KEY (queue_id, concurrency_key, job_id, lease_token)
);

-- Admits, of jobs that this transaction has claimed, those whose keys have room and tokens, and answers them. A key that somebody else admits at
-- this moment counts as full; nobody waits, so nobody is in a deadlock. Of a key that has parked jobs none is admitted: those come first.
-- Each statement has a snapshot of its own: what is counted was committed before the lock was taken, or after it by nobody.
CREATE FUNCTION penstock.admit(queue integer, jobs uuid[], tokens bigint[], segments smallint[], keys text[]) RETURNS SETOF uuid
    LANGUAGE plpgsql
AS $$
DECLARE
    locked  text[];
    moment  timestamptz;
    limited integer[];
    most    integer;
    of_key  text;
    chosen  uuid;
BEGIN
    SELECT array_agg(k.key) INTO locked
    FROM (SELECT DISTINCT g.key FROM unnest(keys) AS g (key)) AS k
    WHERE pg_try_advisory_xact_lock(hashtextextended(k.key, queue));
    moment := penstock.clock(); -- after the locks: later than whoever had them
    SELECT q.key_rate, nullif(q.per_key, 0) INTO limited, most FROM penstock.queue AS q WHERE q.queue_id = queue;

    FOR chosen, of_key IN
        WITH room AS MATERIALIZED (
            SELECT k.key, coalesce(least(most - (
                SELECT count(*) FROM penstock.key_holder AS h WHERE h.queue_id = queue AND h.concurrency_key = k.key),
                CASE WHEN limited IS NOT NULL THEN penstock.tokens(queue, k.key, limited, moment) END), 2147483647) AS free
            FROM unnest(locked) AS k (key)
            WHERE (SELECT true FROM penstock.waiting AS w -- not EXISTS, which a statistic can turn into a walk through all
                   WHERE w.queue_id = queue AND w.concurrency_key = k.key AND w.state = 'parked' AND w.parked_for IS NULL LIMIT 1) IS NULL
        ), given AS (
            SELECT g.job, g.token, g.segment, g.key, row_number() OVER (PARTITION BY g.key ORDER BY g.ordinal) AS turn
            FROM unnest(jobs, tokens, segments, keys) WITH ORDINALITY AS g (job, token, segment, key, ordinal)
        )
        INSERT INTO penstock.key_holder (queue_id, concurrency_key, job_id, lease_token, segment)
        SELECT queue, g.key, g.job, g.token, g.segment FROM given AS g JOIN room AS r ON r.key = g.key WHERE g.turn <= r.free
        RETURNING job_id, concurrency_key
    LOOP
        IF limited IS NOT NULL THEN
            PERFORM penstock.charge(queue, of_key, limited, moment, 1);
        END IF;
        RETURN NEXT chosen;
    END LOOP;
END
$$;

-- Takes parked jobs of keys that have room, one of each key in turn, from the key after the one given: the last row, without an id, says
-- where to go on, and whether anything is parked. Their rows run from the start, at new positions: where they stood is below the floors. It looks at no more keys than
-- it is allowed, and of a key's parked jobs only at those that it takes.
CREATE FUNCTION penstock.take_parked(queue integer, worker bigint, wanted integer, after text, looks integer) RETURNS SETOF penstock.live
    LANGUAGE plpgsql
AS $$
DECLARE
    started text := after;
    key     text := after;
    next    text;
    most    integer;
    leaf    smallint;
    taken   integer := 0;
    before  integer := 0;
    job     penstock.live;
    place   penstock.live;
    limited integer[];
    moment  timestamptz;
BEGIN
    SELECT q.per_key, q.write_segment, q.key_rate INTO most, leaf, limited FROM penstock.queue AS q
    WHERE q.queue_id = queue AND EXISTS (SELECT FROM penstock.worker AS w WHERE w.worker_id = worker AND w.state = 'alive');
    IF NOT FOUND THEN
        RETURN;
    END IF;
    FOR look IN 1..looks LOOP
        EXIT WHEN taken >= wanted;
        SELECT w.concurrency_key INTO next FROM penstock.waiting AS w
        WHERE w.queue_id = queue AND w.state = 'parked' AND w.parked_for IS NULL AND w.concurrency_key > key
        ORDER BY w.concurrency_key LIMIT 1;
        IF next IS NULL THEN
            key := '';
            EXIT WHEN started = '' AND taken = before;
            started := '';
            before := taken;
            CONTINUE;
        END IF;
        key := next;
        place.state := 'parked';
        CONTINUE WHEN NOT pg_try_advisory_xact_lock(hashtextextended(key, queue));
        CONTINUE WHEN most > 0 AND most <= (
            SELECT count(*) FROM penstock.key_holder AS h WHERE h.queue_id = queue AND h.concurrency_key = key);
        moment := penstock.clock();
        CONTINUE WHEN limited IS NOT NULL AND penstock.tokens(queue, key, limited, moment) < 1;
        WITH first AS MATERIALIZED (
            SELECT w.ctid AS place FROM penstock.waiting AS w
            WHERE w.queue_id = queue AND w.concurrency_key = key AND w.state = 'parked' AND w.parked_for IS NULL
            ORDER BY w.priority, w.position LIMIT 1 FOR UPDATE SKIP LOCKED
        ), gone AS (
            DELETE FROM penstock.waiting AS w WHERE w.ctid = ANY (ARRAY(SELECT f.place FROM first AS f)) RETURNING w.*
        )
        INSERT INTO penstock.live AS l (id, position, lease_token, worker_id, enqueued_at, eligible_at, first_claimed_at, claimed_at,
                                        queue_id, generation, attempt, max_attempts, segment, priority, state, type, concurrency_key,
                                        idempotency_key, tags, metadata, failures, payload)
        SELECT g.id, penstock.draw_position(format('penstock.position_q%s', queue)::regclass), g.lease_token + 1, worker,
               g.enqueued_at, g.eligible_at, coalesce(g.first_claimed_at, penstock.clock()), penstock.clock(), g.queue_id, g.generation,
               g.attempt + 1, g.max_attempts, leaf, g.priority, 'running', g.type, g.concurrency_key, g.idempotency_key, g.tags,
               g.metadata, g.failures, g.payload
        FROM gone AS g
        ON CONFLICT DO NOTHING
        RETURNING l.* INTO job;
        IF FOUND THEN
            taken := taken + 1;
            INSERT INTO penstock.key_holder (queue_id, concurrency_key, job_id, lease_token, segment)
            VALUES (queue, key, job.id, job.lease_token, leaf);
            IF limited IS NOT NULL THEN
                PERFORM penstock.charge(queue, key, limited, moment, 1);
            END IF;
            RETURN NEXT job;
        END IF;
    END LOOP;
    place.concurrency_key := key;
    RETURN NEXT place;
END
$$;

CREATE OR REPLACE FUNCTION penstock.schema_version() RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS 'SELECT 14';

REVOKE ALL ON FUNCTION penstock.admit(integer, uuid[], bigint[], smallint[], text[]) FROM PUBLIC;
REVOKE ALL ON FUNCTION penstock.take_parked(integer, bigint, integer, text, integer) FROM PUBLIC;

DO $$
BEGIN
    PERFORM penstock.grant_if_exists('EXECUTE', 'FUNCTION penstock.admit(integer, uuid[], bigint[], smallint[], text[])', 'penstock_worker');
    PERFORM penstock.grant_if_exists('EXECUTE', 'FUNCTION penstock.take_parked(integer, bigint, integer, text, integer)', 'penstock_worker');
    PERFORM penstock.grant_if_exists('SELECT, INSERT, UPDATE, DELETE', 'penstock.key_holder', 'penstock_worker');
    PERFORM penstock.grant_if_exists('SELECT', 'penstock.key_holder', 'penstock_reader');
    PERFORM penstock.grant_if_exists('UPDATE (per_key)', 'penstock.queue', 'penstock_worker');
END
$$;
