-- Purpose: who owns a monitored resource, by its name or the one that it had before.
-- Rows:    one.
-- Index:   none, which is the point: all 150,000 rows are read, in about 20 ms.
-- Parameters: the name twice.
SELECT team FROM monitored_resource WHERE name = ? OR former_name = ?
