-- A job's state is the room its row is in: waiting, live or finished. Each room has only the indexes that it needs.

-- The one source of time. Tests replace it; everything else only reads it.
CREATE FUNCTION penstock.clock() RETURNS timestamptz
    LANGUAGE sql VOLATILE PARALLEL SAFE
AS 'SELECT pg_catalog.clock_timestamp()';

CREATE TABLE penstock.queue (
    queue_id          integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name              text        NOT NULL,
    guarantee         integer     NOT NULL DEFAULT 0,
    concurrency_limit integer     NOT NULL,
    weight            integer     NOT NULL DEFAULT 1,
    keep_completed    integer     NOT NULL DEFAULT 7,  -- in days
    keep_failed       integer     NOT NULL DEFAULT 30,
    write_segment     smallint    NOT NULL DEFAULT 0,
    segment_since     bigint      NOT NULL DEFAULT 0, -- the position drawn last when the segment was chosen
    created_at        timestamptz NOT NULL DEFAULT penstock.clock(),
    removed_at        timestamptz, -- then it takes no jobs and has no tables any more; its finished jobs name it
    CONSTRAINT queue_keeps_whole_days CHECK (keep_completed BETWEEN 0 AND 3650 AND keep_failed BETWEEN 0 AND 3650),
    CONSTRAINT queue_name_is_plain CHECK (name ~ '^[a-z][a-z0-9_.-]{0,62}$'),
    CONSTRAINT queue_guarantee_within_limit CHECK (0 <= guarantee AND guarantee <= concurrency_limit),
    CONSTRAINT queue_limit_is_bounded CHECK (concurrency_limit BETWEEN 1 AND 10000),
    CONSTRAINT queue_weight_is_bounded CHECK (weight BETWEEN 1 AND 10000),
    CONSTRAINT queue_segment_exists CHECK (write_segment BETWEEN 0 AND 2)
);

CREATE UNIQUE INDEX queue_name ON penstock.queue (name) WHERE removed_at IS NULL;

-- Every position above the ceiling of its (queue, priority) has never been claimed. The range between the lowest row and
-- the ceiling therefore holds every running row, whatever waits above it. Raised in large steps, inside the claim's
-- transaction, before its commit.
CREATE TABLE penstock.claim_ceiling (
    queue_id integer  NOT NULL REFERENCES penstock.queue,
    priority smallint NOT NULL,
    ceiling  bigint   NOT NULL DEFAULT 0,
    PRIMARY KEY (queue_id, priority),
    CONSTRAINT ceiling_priority_is_a_level CHECK (priority BETWEEN 0 AND 3)
);

-- live: available and running. One partition per queue, each of three segments used in rotation. The leaves are made by
-- penstock.create_queue, with their indexes: (priority, position) for the claim, (id) for everything that names a job.
-- The server reads its constraints again with every single enqueue, which costs some 4 us each: so they are few and short.
CREATE TABLE penstock.live (
    id                  uuid        NOT NULL,
    position            bigint      NOT NULL,
    lease_token         bigint      NOT NULL DEFAULT 0,
    worker_id           bigint,
    enqueued_at         timestamptz NOT NULL,
    eligible_at         timestamptz NOT NULL,
    first_claimed_at    timestamptz,
    claimed_at          timestamptz,
    cancel_requested_at timestamptz,
    queue_id            integer     NOT NULL,
    generation          integer     NOT NULL DEFAULT 1,
    attempt             integer     NOT NULL DEFAULT 0,
    max_attempts        integer     NOT NULL,
    segment             smallint    NOT NULL,
    priority            smallint    NOT NULL,
    state               text        NOT NULL DEFAULT 'available',
    type                text        NOT NULL,
    concurrency_key     text,
    idempotency_key     text,
    tags                text[]      NOT NULL DEFAULT '{}',
    metadata            jsonb       NOT NULL DEFAULT '{}',
    failures            jsonb       NOT NULL DEFAULT '[]',
    payload             jsonb       NOT NULL,
    CONSTRAINT live_runs_if_and_only_if_leased
        CHECK (CASE WHEN worker_id IS NULL THEN state = 'available' ELSE state = 'running' AND claimed_at IS NOT NULL END),
    CONSTRAINT live_priority_is_a_level CHECK (priority BETWEEN 0 AND 3),
    CONSTRAINT live_attempt_within_maximum CHECK (0 <= attempt AND attempt <= max_attempts),
    CONSTRAINT live_token_counts_claims CHECK (lease_token >= attempt),
    CONSTRAINT live_generation_counts_from_one CHECK (generation >= 1),
    CONSTRAINT live_eligible_after_enqueue CHECK (eligible_at >= enqueued_at)
) PARTITION BY LIST (queue_id);

-- waiting: not yet eligible (scheduled, retryable, snoozed) or held back (parked).
CREATE TABLE penstock.waiting (
    id                  uuid        NOT NULL PRIMARY KEY,
    lease_token         bigint      NOT NULL DEFAULT 0,
    due_at              timestamptz NOT NULL,
    enqueued_at         timestamptz NOT NULL,
    eligible_at         timestamptz NOT NULL,
    first_claimed_at    timestamptz,
    queue_id            integer     NOT NULL,
    generation          integer     NOT NULL DEFAULT 1,
    attempt             integer     NOT NULL DEFAULT 0,
    max_attempts        integer     NOT NULL,
    priority            smallint    NOT NULL,
    state               text        NOT NULL,
    type                text        NOT NULL,
    concurrency_key     text,
    idempotency_key     text,
    tags                text[]      NOT NULL DEFAULT '{}',
    metadata            jsonb       NOT NULL DEFAULT '{}',
    failures            jsonb       NOT NULL DEFAULT '[]',
    payload             jsonb       NOT NULL,
    CONSTRAINT waiting_state_is_known CHECK (state IN ('scheduled', 'retryable', 'snoozed', 'parked')),
    CONSTRAINT waiting_parked_is_never_due CHECK ((state = 'parked') = (due_at = 'infinity')),
    CONSTRAINT waiting_priority_is_a_level CHECK (priority BETWEEN 0 AND 3),
    CONSTRAINT waiting_attempt_left CHECK (0 <= attempt AND attempt < max_attempts),
    CONSTRAINT waiting_token_counts_claims CHECK (lease_token >= attempt),
    CONSTRAINT waiting_generation_counts_from_one CHECK (generation >= 1),
    CONSTRAINT waiting_eligible_after_enqueue CHECK (eligible_at >= enqueued_at)
);

CREATE INDEX waiting_due ON penstock.waiting (queue_id, due_at);

-- finished: completed, discarded, cancelled. Append-only, one partition per UTC day, made a week ahead.
CREATE TABLE penstock.finished (
    id               uuid        NOT NULL,
    lease_token      bigint      NOT NULL,
    worker_id        bigint,
    enqueued_at      timestamptz NOT NULL,
    eligible_at      timestamptz NOT NULL,
    first_claimed_at timestamptz,
    claimed_at       timestamptz,
    finished_at      timestamptz NOT NULL,
    queue_id         integer     NOT NULL,
    generation       integer     NOT NULL,
    attempt          integer     NOT NULL,
    max_attempts     integer     NOT NULL,
    priority         smallint    NOT NULL,
    state            text        NOT NULL,
    reason           text,
    type             text        NOT NULL,
    concurrency_key  text,
    idempotency_key  text,
    tags             text[]      NOT NULL,
    metadata         jsonb       NOT NULL,
    failures         jsonb       NOT NULL,
    payload          jsonb       NOT NULL,
    result           jsonb, -- what a completed job's handler answered, if anything
    CONSTRAINT finished_state_is_terminal CHECK (state IN ('completed', 'discarded', 'cancelled')),
    CONSTRAINT finished_completed_had_an_attempt CHECK (state <> 'completed' OR (attempt >= 1 AND claimed_at IS NOT NULL)),
    CONSTRAINT finished_discarded_has_a_reason CHECK (state <> 'discarded' OR reason IS NOT NULL)
) PARTITION BY RANGE (finished_at);

CREATE UNIQUE INDEX finished_id ON penstock.finished (id, generation, finished_at);
CREATE INDEX finished_discarded ON penstock.finished (queue_id, finished_at) WHERE state = 'discarded';

-- One row per idempotency key of a queue, for as long as the key is remembered.
CREATE TABLE penstock.idempotency (
    queue_id   integer     NOT NULL REFERENCES penstock.queue,
    key        text        NOT NULL,
    job_id     uuid        NOT NULL,
    created_at timestamptz NOT NULL,
    keep_until timestamptz NOT NULL, -- a week after the job's own time
    PRIMARY KEY (queue_id, key)
);

CREATE INDEX idempotency_keep_until ON penstock.idempotency (keep_until);

-- One row per start of a worker. Numbers are never used again, so a row that names one can be fenced by it.
CREATE TABLE penstock.worker (
    worker_id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name         text        NOT NULL,
    state        text        NOT NULL DEFAULT 'alive',
    heartbeats   bigint      NOT NULL DEFAULT 0,
    session_lock boolean     NOT NULL DEFAULT false,
    lease        interval    NOT NULL,
    started_at   timestamptz NOT NULL,
    heartbeat_at timestamptz NOT NULL,
    lost_at      timestamptz,
    CONSTRAINT worker_state_is_known CHECK (state IN ('alive', 'lost')),
    CONSTRAINT worker_lost_if_and_only_if_dated CHECK ((state = 'lost') = (lost_at IS NOT NULL))
) WITH (fillfactor = 50);

-- Who sleeps, so that an enqueue knows whether anybody wants to be woken. Nothing is lost with it: a sleeper polls too.
CREATE UNLOGGED TABLE penstock.sleeper (
    queue_id  integer NOT NULL,
    worker_id bigint  NOT NULL,
    PRIMARY KEY (queue_id, worker_id)
);
