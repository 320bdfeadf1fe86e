-- Purpose: the tables that hold jobs, each with its length in pages.
-- Rows:    one per segment of each queue and per day.
-- Locks:   none that anybody waits for.
-- Index:   none needed.
SELECT t::regclass::text, pg_relation_size(t) / current_setting('block_size')::bigint FROM penstock.job_tables() AS t
