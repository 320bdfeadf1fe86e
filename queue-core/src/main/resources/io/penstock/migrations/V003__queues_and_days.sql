-- Partitions are created apart and attached, because ATTACH waits for nobody who merely reads or writes the others.
-- The lock timeout keeps a waiting request from blocking those behind it; callers try again.

CREATE FUNCTION penstock.grant_if_exists(privileges text, relation text, grantee text) RETURNS void
    LANGUAGE plpgsql
AS $$
BEGIN
    IF to_regrole(grantee) IS NOT NULL THEN
        EXECUTE format('GRANT %s ON %s TO %I', privileges, relation, grantee);
    END IF;
END
$$;

CREATE FUNCTION penstock.create_queue(queue text, guarantee integer, concurrency_limit integer, weight integer)
    RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
    SET lock_timeout = '50ms'
AS $$
DECLARE
    new_id integer;
    leaf   text;
BEGIN
    INSERT INTO penstock.queue (name, guarantee, concurrency_limit, weight)
    VALUES (create_queue.queue, create_queue.guarantee, create_queue.concurrency_limit, create_queue.weight)
    ON CONFLICT (name) WHERE removed_at IS NULL DO NOTHING
    RETURNING queue_id INTO new_id;

    IF new_id IS NULL THEN
        SELECT q.queue_id INTO new_id FROM penstock.queue AS q WHERE q.name = create_queue.queue AND q.removed_at IS NULL;
        RETURN new_id;
    END IF;

    INSERT INTO penstock.claim_ceiling (queue_id, priority) SELECT new_id, level FROM generate_series(0, 3) AS level;

    -- CACHE 1: a position handed out early by a cache would break the order that the claim floor rests on.
    EXECUTE format('CREATE SEQUENCE penstock.position_q%s AS bigint CACHE 1', new_id);
    PERFORM penstock.grant_if_exists('USAGE, SELECT', format('SEQUENCE penstock.position_q%s', new_id), 'penstock_worker');
    EXECUTE format(
        'CREATE TABLE penstock.live_q%s (LIKE penstock.live INCLUDING DEFAULTS INCLUDING CONSTRAINTS)
             PARTITION BY LIST (segment)', new_id);
    PERFORM penstock.grant_if_exists('SELECT', format('penstock.live_q%s', new_id), 'penstock_worker');
    PERFORM penstock.grant_if_exists('SELECT', format('penstock.live_q%s', new_id), 'penstock_reader');

    FOR segment IN 0..2 LOOP
        leaf := format('penstock.live_q%s_s%s', new_id, segment);
        -- fillfactor 45 leaves room on the page for the claim's new versions, so that the claim touches no index (HOT). Half
        -- would not do: the first claim adds the worker and two moments, which lengthens a short row by an eighth.
        EXECUTE format(
            'CREATE TABLE %s (LIKE penstock.live_q%s INCLUDING DEFAULTS INCLUDING CONSTRAINTS)
             WITH (fillfactor = 45)', leaf, new_id);
        EXECUTE format('CREATE INDEX live_q%s_s%s_claim ON %s (priority, position)', new_id, segment, leaf);
        EXECUTE format('CREATE UNIQUE INDEX live_q%s_s%s_id ON %s (id)', new_id, segment, leaf);
        PERFORM penstock.grant_if_exists('SELECT, INSERT, UPDATE, DELETE', leaf, 'penstock_worker');
        PERFORM penstock.grant_if_exists('SELECT', leaf, 'penstock_reader');
        EXECUTE format('ALTER TABLE penstock.live_q%s ATTACH PARTITION %s FOR VALUES IN (%s)', new_id, leaf, segment);
    END LOOP;

    EXECUTE format('ALTER TABLE penstock.live ATTACH PARTITION penstock.live_q%1$s FOR VALUES IN (%1$s)', new_id);
    RETURN new_id;
END
$$;

-- Empties a segment that is drained, and lets enqueuers write to it if wanted. Answers whether it did.
-- Under the lock nobody who wrote to the segment is still open, so what a fresh snapshot does not show is not there. The look
-- starts above floors up to which the caller has seen nothing, and not before the earliest position that one of the
-- transactions which were open then, and have ended since, can have drawn.
CREATE FUNCTION penstock.clear_segment(
    queue integer, segment integer, floors bigint[], open xid8[], since bigint[], write_from bigint DEFAULT NULL)
    RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
    SET lock_timeout = '50ms'
AS $$
DECLARE
    leaf     text := format('penstock.live_q%s_s%s', queue, segment);
    reopened bigint;
    found    boolean;
BEGIN
    EXECUTE format('LOCK TABLE %s IN ACCESS EXCLUSIVE MODE', leaf);
    SELECT min(o.since) INTO reopened
    FROM unnest(open, since) AS o (id, since)
    WHERE pg_visible_in_snapshot(o.id, pg_current_snapshot());
    FOR level IN 0..3 LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM %s WHERE priority = $1 AND position > $2)', leaf)
            INTO found USING level::smallint, least(floors[level + 1], reopened);
        IF found THEN
            RETURN false;
        END IF;
    END LOOP;
    IF pg_relation_size(leaf::regclass) > 0 THEN
        EXECUTE format('TRUNCATE %s', leaf);
    END IF;
    IF write_from IS NOT NULL THEN
        UPDATE penstock.queue AS q SET write_segment = clear_segment.segment, segment_since = write_from
        WHERE q.queue_id = clear_segment.queue AND q.segment_since < write_from;
    END IF;
    RETURN true;
END
$$;

-- Makes the partitions of today and of the days after it that are missing. Answers how many were made.
CREATE FUNCTION penstock.ensure_days(ahead integer DEFAULT 7) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
    SET lock_timeout = '50ms'
    SET timezone = 'UTC'
AS $$
DECLARE
    today date := penstock.clock()::date;
    leaf  text;
    made  integer := 0;
BEGIN
    FOR day IN 0..ahead LOOP
        leaf := format('penstock.finished_%s', to_char(today + day, 'YYYYMMDD'));
        CONTINUE WHEN to_regclass(leaf) IS NOT NULL;
        PERFORM pg_advisory_xact_lock(hashtext('penstock.ensure_days'));
        CONTINUE WHEN to_regclass(leaf) IS NOT NULL;
        EXECUTE format('CREATE TABLE %s (LIKE penstock.finished INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING INDEXES)', leaf);
        PERFORM penstock.grant_if_exists('SELECT', leaf, 'penstock_reader');
        EXECUTE format('ALTER TABLE penstock.finished ATTACH PARTITION %s FOR VALUES FROM (%L) TO (%L)',
                       leaf, today + day, today + day + 1);
        made := made + 1;
    END LOOP;
    RETURN made;
END
$$;

SELECT penstock.ensure_days();
