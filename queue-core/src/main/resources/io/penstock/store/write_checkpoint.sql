-- Purpose: keeps how far a job has come, in the transaction of its handler. Fenced: a stale attempt writes nothing.
-- Rows:    one.
-- Locks:   the job's row, shared with others who only refer to it: nobody else ends the attempt before this commits.
-- Index:   {partition}_id; checkpoint's primary key.
-- Parameters: state; id, generation, attempt, lease token.
WITH attempt AS MATERIALIZED (
    SELECT ?::jsonb AS state, l.id, l.generation FROM {partition} AS l
    WHERE l.id = ? AND l.generation = ? AND l.attempt = ? AND l.lease_token = ? AND l.state = 'running'
    FOR KEY SHARE
)
INSERT INTO penstock.checkpoint AS c (job_id, generation, state, written_at)
SELECT a.id, a.generation, a.state, penstock.clock() FROM attempt AS a
ON CONFLICT (job_id, generation) DO UPDATE SET state = excluded.state, written_at = excluded.written_at
RETURNING c.job_id
