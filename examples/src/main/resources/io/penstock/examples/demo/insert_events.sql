-- Purpose: the records of one delivery.
-- Rows:    as many as the arrays hold.
INSERT INTO cloudtrail_event (delivery, event_id, event_time, source, name, region, account, principal, address, read_only, error)
SELECT ?, r.*
FROM unnest(?::uuid[], ?::timestamptz[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::boolean[], ?::text[]) AS r
