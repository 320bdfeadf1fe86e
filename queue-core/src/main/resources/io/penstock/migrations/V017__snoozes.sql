-- Why a job was put off, as its handler or what stands around that said.
ALTER TABLE penstock.waiting ADD COLUMN reason text;
ALTER TABLE penstock.waiting ADD CONSTRAINT waiting_reason_of_snoozed CHECK (state = 'snoozed' OR reason IS NULL);

CREATE OR REPLACE FUNCTION penstock.schema_version() RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS 'SELECT 17';
