-- How long a job of the lowest level waits at most before it stands at the next one: jobs that wait become urgent. Milliseconds; null for never.
ALTER TABLE penstock.queue ADD COLUMN ageing integer;
ALTER TABLE penstock.queue ADD CONSTRAINT queue_ageing_is_bounded CHECK (ageing BETWEEN 1000 AND 604800000);

CREATE OR REPLACE FUNCTION penstock.schema_version() RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS 'SELECT 16';

DO $$
BEGIN
    PERFORM penstock.grant_if_exists('UPDATE (ageing)', 'penstock.queue', 'penstock_worker');
END
$$;
