-- Purpose: alerts that are open, or were opened lately, the newest first.
-- Rows:    at most the number given.
-- Locks:   none.
-- Index:   alert_opened_at, from its end; or alert_open.
-- Parameters: whether only those that are open; the number.
SELECT a.alert_id, a.key, a.rule, a.severity, a.subject, a.sentence, a.advice, a.opened_at, a.last_true_at, a.resolved_at, a.silenced, a.queue
FROM penstock.alert AS a
WHERE a.resolved_at IS NULL OR NOT ?
ORDER BY a.opened_at DESC LIMIT ?
