-- Purpose: who has the slots of a queue's strict limit: for a person.
-- Rows:    one per worker that has some.
-- Locks:   none.
-- Index:   slot's primary key, worker's primary key.
-- Parameters: queue.
SELECT coalesce(w.name || CASE WHEN w.state = 'alive' THEN '' ELSE ' (lost)' END, 'worker ' || s.worker_id || ' (gone)'), count(*)
FROM penstock.slot AS s LEFT JOIN penstock.worker AS w ON w.worker_id = s.worker_id
WHERE s.queue_id = ? AND s.worker_id IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1
