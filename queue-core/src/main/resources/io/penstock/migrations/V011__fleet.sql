-- The fleet: budgets hold over all workers together, so each worker has a share of them.

-- What a service declared last, so that what an operator sets stays until the service declares something else.
ALTER TABLE penstock.queue ADD COLUMN declared text;

-- Whether the limit holds at every moment. It is then kept by the queue's slots as well: a worker runs no more than it has taken.
ALTER TABLE penstock.queue ADD COLUMN strict boolean NOT NULL DEFAULT false;

-- To whom idle slots of the guarantee are lent: slots of it that may be had back on headroom, slots that are never lent, slots for long
-- loans, and the milliseconds that other loans may be expected to run.
ALTER TABLE penstock.queue ADD COLUMN lending integer[] NOT NULL DEFAULT '{10000,0,0,500}';
ALTER TABLE penstock.queue ADD CONSTRAINT queue_lending_is_complete CHECK (array_length(lending, 1) = 4 AND 0 <= ALL (lending));

-- A slot of a strict limit is its worker's until that gives it back, leaves or is lost; who claims locks those that it has.
CREATE TABLE penstock.slot (
    queue_id  integer NOT NULL,
    number    integer NOT NULL,
    worker_id bigint REFERENCES penstock.worker (worker_id) ON DELETE SET NULL,
    PRIMARY KEY (queue_id, number)
);

CREATE INDEX slot_worker ON penstock.slot (worker_id);

-- What a worker brings. It counts as long as the worker is alive by penstock.worker.
CREATE TABLE penstock.member (
    worker_id bigint    NOT NULL PRIMARY KEY,
    capacity  integer   NOT NULL,
    headroom  integer   NOT NULL,
    queues    integer[] NOT NULL, -- in order
    CONSTRAINT member_has_slots CHECK (capacity >= 1 AND headroom >= 0)
);

-- How the budgets are divided. One row. Whoever sees that it was made for other workers or other budgets makes a new one; a worker
-- goes on with the shares that it read last.
CREATE TABLE penstock.allocation (
    only_one boolean     NOT NULL PRIMARY KEY DEFAULT true,
    epoch    bigint      NOT NULL DEFAULT 0,
    made_for bigint      NOT NULL DEFAULT 0, -- penstock.fleet_fingerprint() of what was divided
    made_at  timestamptz NOT NULL DEFAULT penstock.clock(),
    made_by  bigint      NOT NULL DEFAULT 0, -- a worker
    shares   jsonb       NOT NULL DEFAULT '{}', -- by worker, by queue: [guarantee, limit, weight, strict, [lending terms]]
    missing  integer     NOT NULL DEFAULT 0, -- slots that are guaranteed and that the workers do not have
    CONSTRAINT allocation_is_one CHECK (only_one)
);

INSERT INTO penstock.allocation DEFAULT VALUES;

-- Tells whether anything has changed that shares depend on.
CREATE FUNCTION penstock.fleet_fingerprint() RETURNS bigint
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
SELECT hashtextextended(
    coalesce((SELECT string_agg(format('%s:%s:%s:%s', m.worker_id, m.capacity, m.headroom, m.queues), ';' ORDER BY m.worker_id)
              FROM penstock.member AS m JOIN penstock.worker AS w ON w.worker_id = m.worker_id WHERE w.state = 'alive'), '')
    || '|' ||
    coalesce((SELECT string_agg(format('%s:%s:%s:%s:%s:%s', q.queue_id, q.guarantee, q.concurrency_limit, q.weight, q.strict, q.lending), ';' ORDER BY q.queue_id)
              FROM penstock.queue AS q WHERE q.removed_at IS NULL), ''), 0)
$$;
