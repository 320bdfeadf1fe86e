-- Purpose: removes an alert route.
-- Rows:    one, or none.
-- Locks:   the route's row.
-- Index:   alert_route's primary key.
-- Parameters: name.
DELETE FROM penstock.alert_route WHERE name = ? RETURNING name
