-- Purpose: takes free slots of a strict limit for a worker, until it has as many as it wants.
-- Rows:    one: how many it has now that count, and how many that do not.
-- Locks:   the slots taken, SKIP LOCKED.
-- Index:   slot's primary key; queue's; worker's.
-- When the limit is lowered, slots above it stay somebody's until what runs on them has ended; as many slots below it, the
-- highest, count for nobody until then. So no job starts beside more than the limit allows.
-- A lost worker's slot is free, but not while a claim of that worker that is under way locks it. Lost is for ever, so a
-- snapshot that is old by the time the slot is locked cannot be wrong about it. A worker that was lost itself gets nothing.
-- Parameters: queue, worker, queue, wanted, worker, worker.
WITH counting AS MATERIALIZED (
    SELECT q.queue_id, q.concurrency_limit - (
        SELECT count(*) FROM penstock.slot AS s JOIN penstock.worker AS w ON w.worker_id = s.worker_id AND w.state = 'alive'
        WHERE s.queue_id = q.queue_id AND s.number > q.concurrency_limit) AS highest
    FROM penstock.queue AS q WHERE q.queue_id = ?
), mine AS MATERIALIZED (
    SELECT count(*) FILTER (WHERE s.number <= c.highest) AS within, count(*) FILTER (WHERE s.number > c.highest) AS beyond
    FROM penstock.slot AS s JOIN counting AS c ON c.queue_id = s.queue_id
    WHERE s.worker_id = ?
), free AS MATERIALIZED (
    SELECT s.ctid AS place FROM penstock.slot AS s
    WHERE s.queue_id = ? AND s.number <= (SELECT highest FROM counting)
      AND (s.worker_id IS NULL
           OR EXISTS (SELECT FROM penstock.worker AS w WHERE w.worker_id = s.worker_id AND w.state = 'lost'))
    ORDER BY s.number
    LIMIT greatest(0, ? - (SELECT within FROM mine)) FOR UPDATE OF s SKIP LOCKED
), taken AS (
    UPDATE penstock.slot SET worker_id = ?
    WHERE ctid = ANY (ARRAY(SELECT place FROM free))
      AND EXISTS (SELECT FROM penstock.worker AS w WHERE w.worker_id = ? AND w.state = 'alive')
    RETURNING number
)
SELECT within + (SELECT count(*) FROM taken), beyond FROM mine
