-- Purpose: what each queue's handlers were busy with lately, as told by the jobs of today that were written last.
-- Rows:    one per queue with such jobs; reads at most 200 pages of the day, some thousand jobs.
-- Locks:   none.
-- Index:   none needed: the end of the day's table, by place. It is only appended to.
WITH newest AS MATERIALIZED (
    SELECT f.queue_id, f.claimed_at, f.finished_at FROM penstock.finished AS f
    WHERE f.finished_at >= (SELECT date_trunc('day', penstock.clock(), 'UTC'))
      AND f.finished_at < (SELECT date_trunc('day', penstock.clock(), 'UTC') + interval '1 day')
      AND f.ctid >= (SELECT format('(%s,0)', greatest(0,
              pg_relation_size(to_regclass(format('penstock.finished_%s', to_char(penstock.clock() AT TIME ZONE 'UTC', 'YYYYMMDD'))))
              / current_setting('block_size')::bigint - 200))::tid)
      AND f.claimed_at IS NOT NULL
)
SELECT q.name, count(*), sum(extract(epoch FROM n.finished_at - n.claimed_at))::double precision,
       (SELECT extract(epoch FROM penstock.clock() - min(all_of.finished_at)) FROM newest AS all_of)::double precision
FROM newest AS n JOIN penstock.queue AS q ON q.queue_id = n.queue_id
WHERE q.removed_at IS NULL
GROUP BY q.name
