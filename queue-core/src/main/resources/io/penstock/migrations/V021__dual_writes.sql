-- Writes to two databases: what is written to the one in charge is mirrored to the other.

INSERT INTO penstock.pulse (duty, at) VALUES ('locks', '-infinity');

-- One row on each side, of the same name. At most one is in charge, and during a switch none. A write names the epoch that it was begun under, and one of an
-- older epoch is refused on both sides. Writers hold the advisory lock of the name shared, who changes a row holds it alone: a plain read after that sees
-- what holds for as long as the transaction lasts, and nobody writes to the row for it.
CREATE TABLE penstock.dual_write (
    name       text    PRIMARY KEY,
    epoch      bigint  NOT NULL,
    in_charge  boolean NOT NULL,
    comparing  boolean NOT NULL DEFAULT false, -- whether reads ask both sides
    changed_at timestamptz NOT NULL,
    CONSTRAINT dual_write_name_is_plain CHECK (name ~ '^[a-z][a-z0-9_.-]{0,63}$'),
    CONSTRAINT dual_write_epoch_counts CHECK (epoch > 0)
);

-- The last write of each key that this side has. On the side in charge it is drawn, on the other it follows, one by one.
CREATE TABLE penstock.dual_write_key (
    name       text        NOT NULL,
    key        text        NOT NULL COLLATE "C",
    sequence   bigint      NOT NULL,
    written_at timestamptz NOT NULL,
    PRIMARY KEY (name, key)
) WITH (fillfactor = 70);

-- The outbox: writes of the side in charge that the other may not have yet. Deleted when it has them.
CREATE TABLE penstock.dual_write_op (
    name     text   NOT NULL,
    key      text   NOT NULL COLLATE "C",
    sequence bigint NOT NULL,
    epoch    bigint NOT NULL,
    value    text, -- as JSON; null removes
    PRIMARY KEY (name, key, sequence),
    CONSTRAINT dual_write_op_value_fits CHECK (octet_length(value) <= 1048576)
);

CREATE OR REPLACE FUNCTION penstock.schema_version() RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS 'SELECT 21';

DO $$
DECLARE
    everyone text;
BEGIN
    FOREACH everyone IN ARRAY ARRAY ['penstock_worker', 'penstock_enqueuer'] LOOP
        PERFORM penstock.grant_if_exists('SELECT', 'penstock.dual_write', everyone);
        PERFORM penstock.grant_if_exists('SELECT, INSERT, UPDATE', 'penstock.dual_write_key', everyone);
        PERFORM penstock.grant_if_exists('SELECT, INSERT, DELETE', 'penstock.dual_write_op', everyone);
    END LOOP;
    PERFORM penstock.grant_if_exists('INSERT, UPDATE', 'penstock.dual_write', 'penstock_worker');
    PERFORM penstock.grant_if_exists('SELECT', 'penstock.dual_write', 'penstock_reader');
    PERFORM penstock.grant_if_exists('SELECT', 'penstock.dual_write_key', 'penstock_reader');
    PERFORM penstock.grant_if_exists('SELECT', 'penstock.dual_write_op', 'penstock_reader');
END
$$;
