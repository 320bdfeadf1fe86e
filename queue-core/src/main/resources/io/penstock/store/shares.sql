-- Purpose: a worker's shares of the budgets, with the epoch that they are of.
-- Rows:    one per queue of the worker; one without a queue if it has none.
-- Locks:   none.
-- Index:   none needed: one row is read.
-- Parameters: worker.
SELECT a.epoch, s.queue::integer, (s.share ->> 0)::integer, (s.share ->> 1)::integer, (s.share ->> 2)::integer, (s.share ->> 3)::boolean,
       ARRAY(SELECT t.term::integer FROM jsonb_array_elements_text(s.share -> 4) WITH ORDINALITY AS t (term, n) ORDER BY t.n)
FROM penstock.allocation AS a LEFT JOIN LATERAL jsonb_each(a.shares -> ?::text) AS s (queue, share) ON true
