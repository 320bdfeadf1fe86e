-- What an operator does: hold a queue back, look a job up, and be accountable for it.

-- A queue that is paused takes jobs and lets what runs go on; workers start nothing of it until it is resumed.
ALTER TABLE penstock.queue
    ADD COLUMN paused_at    timestamptz,
    ADD COLUMN paused_by    text,
    ADD COLUMN pause_reason text,
    ADD CONSTRAINT queue_paused_by_somebody CHECK ((paused_at IS NULL) = (paused_by IS NULL)),
    ADD CONSTRAINT queue_pause_has_its_reason CHECK (paused_at IS NOT NULL OR pause_reason IS NULL);

-- Attempts that are to be cancelled, for the worker that runs them to read with its beat.
CREATE TABLE penstock.cancellation (
    worker_id    bigint      NOT NULL,
    job_id       uuid        NOT NULL,
    lease_token  bigint      NOT NULL,
    requested_at timestamptz NOT NULL,
    PRIMARY KEY (worker_id, job_id)
);

-- How far a long job has come, for its next attempt to go on from. Forgotten 90 days after it was written last.
CREATE TABLE penstock.checkpoint (
    job_id     uuid        NOT NULL,
    generation integer     NOT NULL,
    state      jsonb       NOT NULL,
    written_at timestamptz NOT NULL,
    PRIMARY KEY (job_id, generation)
);

CREATE INDEX checkpoint_written_at ON penstock.checkpoint (written_at);

-- How far a handler says it has come, for whoever looks. Forgotten 90 days after it was written last.
CREATE TABLE penstock.progress (
    job_id      uuid        NOT NULL,
    generation  integer     NOT NULL,
    lease_token bigint      NOT NULL, -- of the attempt that said it
    done        bigint      NOT NULL,
    total       bigint      NOT NULL,
    note        text,
    written_at  timestamptz NOT NULL,
    PRIMARY KEY (job_id, generation),
    CONSTRAINT progress_is_a_part CHECK (0 <= done AND done <= total)
) WITH (fillfactor = 50);

CREATE INDEX progress_written_at ON penstock.progress (written_at);

-- Who changed what by hand. Written in the transaction of the change, so that there is no change without its row.
CREATE TABLE penstock.audit (
    audit_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at       timestamptz NOT NULL,
    login    text        NOT NULL, -- who the server knows
    actor    text,                 -- who that was, by their own account
    action   text        NOT NULL,
    subject  text        NOT NULL,
    details  jsonb       NOT NULL DEFAULT '{}',
    CONSTRAINT audit_action_is_a_word CHECK (action ~ '^[a-z]+( [a-z]+)*$')
);

CREATE INDEX audit_at ON penstock.audit (at);
CREATE INDEX audit_subject ON penstock.audit (subject, at);

-- Writes one row in its caller's name, which the caller cannot choose, and removes some of those older than 400 days: so
-- the table stays bounded without anybody's care.
CREATE FUNCTION penstock.write_audit(action text, subject text, actor text, details jsonb) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    written bigint;
BEGIN
    DELETE FROM penstock.audit WHERE audit_id = ANY (ARRAY(
        SELECT a.audit_id FROM penstock.audit AS a
        WHERE a.at < (SELECT penstock.clock()) - interval '400 days' ORDER BY a.at LIMIT 20 FOR UPDATE SKIP LOCKED));
    INSERT INTO penstock.audit (at, login, actor, action, subject, details)
    VALUES (penstock.clock(), session_user, write_audit.actor, write_audit.action, write_audit.subject, write_audit.details)
    RETURNING audit_id INTO written;
    RETURN written;
END
$$;

-- Which of some queues has a job live, or else whether it waits: the queue's number, null where there is none, and -1 where
-- there was none but not every table could be read. One leaf is named after another, because the plan of a statement through
-- the parent opens and locks all of them; and one that has no pages is passed by, because to open its indexes for the first
-- time costs a session more than anything else here. The snapshot is that of the caller's statement: a job that waits at that
-- moment is found as waiting.
CREATE FUNCTION penstock.queue_of(job_id uuid, queues integer[]) RETURNS integer
    LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp
    SET lock_timeout = '50ms'
    SET enable_seqscan = off
AS $$
DECLARE
    this_queue integer;
    leaf       text;
    found      boolean;
    passed_by  boolean := false;
BEGIN
    SELECT w.queue_id INTO this_queue FROM penstock.waiting AS w WHERE w.id = job_id;
    IF this_queue IS NOT NULL THEN
        RETURN this_queue;
    END IF;
    FOREACH this_queue IN ARRAY queues LOOP
        FOR segment IN 0..2 LOOP
            leaf := format('penstock.live_q%s_s%s', this_queue, segment);
            BEGIN
                CONTINUE WHEN coalesce(pg_relation_size(to_regclass(leaf)), 0) = 0;
                EXECUTE format('SELECT EXISTS (SELECT FROM %s WHERE id = $1)', leaf) INTO found USING job_id;
                IF found THEN
                    RETURN this_queue;
                END IF;
            EXCEPTION
                WHEN lock_not_available THEN
                    passed_by := true;
                WHEN undefined_table THEN
                    NULL; -- the queue was removed since its caller read the list
            END;
        END LOOP;
    END LOOP;
    RETURN CASE WHEN passed_by THEN -1 END;
END
$$;
