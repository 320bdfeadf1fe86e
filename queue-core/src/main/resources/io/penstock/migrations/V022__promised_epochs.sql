-- Who puts a side of a dual write in charge has both sides promise an epoch that is nobody else's first, so that of two who try at once one is refused.

ALTER TABLE penstock.dual_write ADD COLUMN promised bigint NOT NULL DEFAULT 0;

CREATE OR REPLACE FUNCTION penstock.schema_version() RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS 'SELECT 22';
