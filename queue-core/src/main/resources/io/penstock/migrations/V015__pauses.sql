-- What operators hold back: a queue, or of a queue the jobs of one type or one concurrency key; each with an end, or until it is resumed.
-- What has the end behind it counts for nothing, and is replaced by the next pause.

CREATE TABLE penstock.pause (
    queue_id  integer     NOT NULL,
    subject   text        NOT NULL, -- 'queue', 'type NAME' or 'key NAME'
    paused_at timestamptz NOT NULL,
    paused_by text        NOT NULL,
    reason    text,
    until     timestamptz NOT NULL DEFAULT 'infinity',
    PRIMARY KEY (queue_id, subject),
    CONSTRAINT pause_subject_is_known CHECK (subject = 'queue' OR subject LIKE 'type _%' OR subject LIKE 'key _%')
);

INSERT INTO penstock.pause (queue_id, subject, paused_at, paused_by, reason)
SELECT queue_id, 'queue', paused_at, paused_by, pause_reason FROM penstock.queue WHERE paused_at IS NOT NULL;

ALTER TABLE penstock.queue DROP COLUMN paused_at, DROP COLUMN paused_by, DROP COLUMN pause_reason;

CREATE INDEX waiting_paused ON penstock.waiting (queue_id, parked_for, priority, position) WHERE parked_for IS NOT NULL;

CREATE OR REPLACE FUNCTION penstock.schema_version() RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS 'SELECT 15';

DO $$
BEGIN
    PERFORM penstock.grant_if_exists('SELECT, INSERT, UPDATE, DELETE', 'penstock.pause', 'penstock_worker');
    PERFORM penstock.grant_if_exists('SELECT', 'penstock.pause', 'penstock_reader');
END
$$;
