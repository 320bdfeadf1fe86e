-- Purpose: the tables that the two kinds of job write to, and the one that deliveries look things up in.
-- monitored_resource has no index on its names: on that day the index had been dropped before its replacement was valid.
CREATE TABLE runbook_step (
    step   integer PRIMARY KEY,
    result text        NOT NULL,
    ran_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE cloudtrail_event (
    delivery   integer     NOT NULL,
    event_id   uuid        NOT NULL,
    event_time timestamptz NOT NULL,
    source     text        NOT NULL,
    name       text        NOT NULL,
    region     text        NOT NULL,
    account    text        NOT NULL,
    principal  text        NOT NULL,
    address    text        NOT NULL,
    read_only  boolean     NOT NULL,
    error      text,
    PRIMARY KEY (delivery, event_id)
);

CREATE TABLE monitored_resource (
    resource    integer NOT NULL,
    name        text    NOT NULL,
    former_name text    NOT NULL,
    team        text    NOT NULL
);

INSERT INTO monitored_resource (resource, name, former_name, team)
SELECT n.number,
       format('arn:aws:ec2:us-east-1:%s:instance/i-%s', a.account, n.id),
       format('arn:aws:ec2:us-east-1:%s:server/srv-%s', a.account, n.id),
       'team-' || n.number % 40
FROM (SELECT number, lpad(number::text, 8, '0') AS id FROM generate_series(0, 149999) AS number) AS n
CROSS JOIN LATERAL (SELECT (112233445566 + 7919 * (n.number % 24))::text AS account) AS a;

-- The moments of the phase, by the clock of the database.
CREATE TABLE demo_phase (
    started_at     timestamptz NOT NULL,
    measured_from  timestamptz NOT NULL,
    measured_until timestamptz NOT NULL,
    ended_at       timestamptz
);
