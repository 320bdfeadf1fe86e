-- How often jobs may start, over all workers: of a queue, and of each of its concurrency keys. Token buckets, taken from by the claim.

-- Each: jobs, and in how many milliseconds; null for no such limit.
ALTER TABLE penstock.queue ADD COLUMN rate integer[], ADD COLUMN key_rate integer[];
ALTER TABLE penstock.queue ADD CONSTRAINT queue_rate_is_bounded CHECK (rate[1] BETWEEN 1 AND 1000000 AND rate[2] BETWEEN 1 AND 86400000);
ALTER TABLE penstock.queue
    ADD CONSTRAINT queue_key_rate_is_bounded CHECK (key_rate[1] BETWEEN 1 AND 1000000 AND key_rate[2] BETWEEN 1 AND 86400000);

-- One row per bucket that is not full: a row that is missing is as good as one whose time has passed. The queue's own has an empty key.
CREATE TABLE penstock.bucket (
    queue_id        integer     NOT NULL,
    concurrency_key text        NOT NULL,
    full_at         timestamptz NOT NULL, -- when it will be full again if nothing more is taken
    PRIMARY KEY (queue_id, concurrency_key)
) WITH (fillfactor = 50);

CREATE INDEX bucket_full_at ON penstock.bucket (queue_id, full_at);

-- How long it takes to become full after one token was taken.
CREATE FUNCTION penstock.token_time(rate integer[]) RETURNS interval
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN rate[2] * interval '1 millisecond' / rate[1];

-- When the bucket is full, from a moment on. No bucket takes longer than the time of its rate: one that would was written by a clock that
-- has been set back since, and is as good as full.
CREATE FUNCTION penstock.full_at(stored timestamptz, rate integer[], moment timestamptz) RETURNS timestamptz
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN stored BETWEEN moment AND moment + rate[2] * interval '1 millisecond' + interval '1 second' THEN stored ELSE moment END;

-- How many tokens are in a bucket.
CREATE FUNCTION penstock.tokens(queue integer, key text, rate integer[], moment timestamptz) RETURNS integer
    LANGUAGE sql STABLE
AS $$
    SELECT rate[1] - ceil(extract(epoch FROM penstock.full_at(b.full_at, rate, moment) - moment)
                          / extract(epoch FROM penstock.token_time(rate)))::integer
    FROM (SELECT coalesce((SELECT b.full_at FROM penstock.bucket AS b WHERE b.queue_id = queue AND b.concurrency_key = key), moment)) AS b (full_at)
$$;

-- Takes tokens that are there, or puts some back: then the number is negative.
CREATE FUNCTION penstock.charge(queue integer, key text, rate integer[], moment timestamptz, tokens integer) RETURNS void
    LANGUAGE sql
AS $$
    INSERT INTO penstock.bucket AS b (queue_id, concurrency_key, full_at)
    VALUES (queue, key, moment + tokens * penstock.token_time(rate))
    ON CONFLICT (queue_id, concurrency_key) DO UPDATE
    SET full_at = penstock.full_at(b.full_at, rate, moment) + tokens * penstock.token_time(rate)
$$;

-- Takes up to so many tokens of a queue's own bucket; answers how many, and in how many microseconds there will be another if those were
-- too few. Whoever finds somebody else at it takes none: nobody waits for the commit of another worker's claim.
CREATE FUNCTION penstock.take_tokens(queue integer, wanted integer, OUT taken integer, OUT next_in bigint)
    LANGUAGE plpgsql
AS $$
DECLARE
    limited integer[];
    moment  timestamptz;
    debt    double precision;
    step    double precision;
BEGIN
    taken := wanted;
    next_in := 0;
    SELECT q.rate INTO limited FROM penstock.queue AS q WHERE q.queue_id = queue;
    IF limited IS NULL THEN
        RETURN;
    END IF;
    IF NOT pg_try_advisory_xact_lock(1885693557, queue) THEN
        taken := 0;
        next_in := 5000;
        RETURN;
    END IF;
    moment := penstock.clock(); -- after the lock: later than whoever had it
    taken := greatest(0, least(wanted, penstock.tokens(queue, '', limited, moment)));
    IF taken > 0 THEN
        PERFORM penstock.charge(queue, '', limited, moment, taken);
    END IF;
    IF taken < wanted THEN
        SELECT extract(epoch FROM penstock.full_at(b.full_at, limited, moment) - moment) INTO debt
        FROM penstock.bucket AS b WHERE b.queue_id = queue AND b.concurrency_key = '';
        step := extract(epoch FROM penstock.token_time(limited));
        next_in := ceil((debt - (ceil(debt / step) - 1) * step) * 1000000);
    END IF;
END
$$;

CREATE OR REPLACE FUNCTION penstock.schema_version() RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS 'SELECT 13';

REVOKE ALL ON FUNCTION penstock.token_time(integer[]), penstock.full_at(timestamptz, integer[], timestamptz),
    penstock.tokens(integer, text, integer[], timestamptz), penstock.charge(integer, text, integer[], timestamptz, integer),
    penstock.take_tokens(integer, integer) FROM PUBLIC;

DO $$
DECLARE
    routine text;
BEGIN
    FOREACH routine IN ARRAY ARRAY['token_time(integer[])', 'full_at(timestamptz, integer[], timestamptz)',
        'tokens(integer, text, integer[], timestamptz)', 'charge(integer, text, integer[], timestamptz, integer)',
        'take_tokens(integer, integer)'] LOOP
        PERFORM penstock.grant_if_exists('EXECUTE', 'FUNCTION penstock.' || routine, 'penstock_worker');
    END LOOP;
    PERFORM penstock.grant_if_exists('SELECT, INSERT, UPDATE, DELETE', 'penstock.bucket', 'penstock_worker');
    PERFORM penstock.grant_if_exists('SELECT', 'penstock.bucket', 'penstock_reader');
    PERFORM penstock.grant_if_exists('UPDATE (rate, key_rate)', 'penstock.queue', 'penstock_worker');
END
$$;
