-- Purpose: who owns a monitored resource, whatever the case its name was written in.
-- Rows:    one.
-- Index:   none, which is the point: all 150,000 rows are read.
SELECT team FROM monitored_resource WHERE lower(name) = lower(?)
