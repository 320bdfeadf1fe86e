-- Purpose: how many measured runbook steps have not finished.
-- Parameters: job type, tag.
WITH wanted AS (SELECT ?::text AS type, ARRAY[?::text] AS tags)
SELECT (SELECT count(*) FROM penstock.live AS j JOIN wanted AS w ON j.type = w.type AND j.tags @> w.tags)
     + (SELECT count(*) FROM penstock.waiting AS j JOIN wanted AS w ON j.type = w.type AND j.tags @> w.tags)
