-- Every transition of every job, written by the transaction that made it. Off unless penstock.record_job_events(true) was
-- called: it costs an insert per transition. The history checker of the tests reads it; so may an auditor.
CREATE TABLE penstock.job_event (
    sequence    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at          timestamptz NOT NULL,
    xid         xid8        NOT NULL,
    job_id      uuid        NOT NULL,
    generation  integer     NOT NULL,
    queue_id    integer     NOT NULL,
    transition  text        NOT NULL,
    attempt     integer     NOT NULL,
    lease_token bigint      NOT NULL,
    worker_id   bigint,
    max_attempts integer    NOT NULL,
    eligible_at timestamptz NOT NULL
);

CREATE FUNCTION penstock.write_job_event() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    worker bigint;
    eligible timestamptz := new.eligible_at;
BEGIN
    IF tg_op = 'UPDATE' AND new.state = old.state AND new.lease_token = old.lease_token THEN
        RETURN NULL; -- a change of detail, not of state
    END IF;
    IF tg_argv[0] <> 'waiting' THEN
        worker := new.worker_id;
    ELSE
        eligible := new.due_at;
    END IF;
    INSERT INTO penstock.job_event (at, xid, job_id, generation, queue_id, transition, attempt, lease_token, worker_id, max_attempts, eligible_at)
    VALUES (penstock.clock(), pg_current_xact_id(), new.id, new.generation, new.queue_id, new.state, new.attempt, new.lease_token, worker,
            new.max_attempts, eligible);
    RETURN NULL;
END
$$;

CREATE FUNCTION penstock.record_job_events(wanted boolean) RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    room text;
BEGIN
    FOREACH room IN ARRAY ARRAY ['live', 'waiting', 'finished'] LOOP
        EXECUTE format('DROP TRIGGER IF EXISTS job_event ON penstock.%I', room);
        IF wanted THEN
            EXECUTE format('CREATE TRIGGER job_event AFTER INSERT OR UPDATE ON penstock.%I
                            FOR EACH ROW EXECUTE FUNCTION penstock.write_job_event(%L)', room, room);
        END IF;
    END LOOP;
END
$$;
