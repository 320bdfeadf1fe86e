-- What somebody should know of. Every process evaluates; the key makes one alert of what all of them see.
CREATE TABLE penstock.alert (
    alert_id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key          text        NOT NULL,
    rule         text        NOT NULL,
    severity     text        NOT NULL,
    subject      text        NOT NULL,
    sentence     text        NOT NULL, -- as of the last time that it was seen to hold
    advice       text        NOT NULL,
    opened_at    timestamptz NOT NULL,
    last_true_at timestamptz NOT NULL,
    resolved_at  timestamptz,
    silenced     boolean     NOT NULL, -- when it was opened: nobody was told
    CONSTRAINT alert_severity_is_known CHECK (severity IN ('page', 'ticket'))
) WITH (fillfactor = 50);

CREATE UNIQUE INDEX alert_open ON penstock.alert (key) WHERE resolved_at IS NULL;
CREATE INDEX alert_opened_at ON penstock.alert (opened_at);

-- Alerts of which nobody is told for a while: those whose key is like the pattern.
CREATE TABLE penstock.silence (
    silence_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    pattern    text        NOT NULL, -- as of LIKE
    begins_at  timestamptz NOT NULL,
    ends_at    timestamptz NOT NULL,
    by         text        NOT NULL,
    reason     text,
    CONSTRAINT silence_ends CHECK (ends_at > begins_at AND ends_at <= begins_at + interval '90 days')
);

CREATE OR REPLACE FUNCTION penstock.schema_version() RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS 'SELECT 19';

DO $$
BEGIN
    PERFORM penstock.grant_if_exists('SELECT, INSERT, DELETE, UPDATE (sentence, last_true_at, resolved_at)', 'penstock.alert', 'penstock_worker');
    PERFORM penstock.grant_if_exists('SELECT, INSERT, DELETE, UPDATE (ends_at)', 'penstock.silence', 'penstock_worker');
    PERFORM penstock.grant_if_exists('SELECT', 'penstock.alert', 'penstock_reader');
    PERFORM penstock.grant_if_exists('SELECT', 'penstock.silence', 'penstock_reader');
END
$$;
