-- Purpose: ends alerts that have not been seen to hold for a while.
-- Rows:    one per alert that this ends.
-- Locks:   their rows, SKIP LOCKED: one process ends each.
-- Index:   alert_open; then the primary key.
-- Parameters: the while, in milliseconds.
WITH over AS MATERIALIZED (
    SELECT a.alert_id, n.moment FROM penstock.alert AS a CROSS JOIN (SELECT penstock.clock()) AS n (moment)
    WHERE a.resolved_at IS NULL AND a.last_true_at < n.moment - ?::bigint * interval '1 millisecond'
    FOR UPDATE OF a SKIP LOCKED
)
UPDATE penstock.alert AS a SET resolved_at = o.moment FROM over AS o WHERE a.alert_id = o.alert_id
RETURNING a.alert_id, a.key, a.rule, a.severity, a.subject, a.sentence, a.advice, a.opened_at, a.last_true_at, a.resolved_at, a.silenced, a.queue
