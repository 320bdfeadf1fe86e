-- Purpose: says of alerts that they hold, and opens those that are not open.
-- Rows:    one per alert given that was opened, and per one that was seen to hold more than five seconds ago: others were told of already.
-- Locks:   the alerts' rows; of two processes that open the same, one waits for the other and finds it open.
-- Index:   alert_open.
-- Parameters: keys, rules, severities, subjects, queues, sentences, advices.
INSERT INTO penstock.alert AS a (key, rule, severity, subject, queue, sentence, advice, opened_at, last_true_at, silenced)
SELECT g.key, g.rule, g.severity, g.subject, g.queue, g.sentence, g.advice, n.moment, n.moment,
       EXISTS (SELECT FROM penstock.silence AS s WHERE n.moment >= s.begins_at AND n.moment < s.ends_at AND g.key LIKE s.pattern)
FROM unnest(?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[]) AS g (key, rule, severity, subject, queue, sentence, advice)
CROSS JOIN (SELECT penstock.clock()) AS n (moment)
ORDER BY g.key
ON CONFLICT (key) WHERE resolved_at IS NULL DO UPDATE
SET last_true_at = greatest(a.last_true_at, excluded.last_true_at), sentence = excluded.sentence
WHERE a.last_true_at < excluded.last_true_at - interval '5 seconds'
RETURNING a.alert_id, a.key, a.rule, a.severity, a.subject, a.sentence, a.advice, a.opened_at, a.last_true_at, a.resolved_at, a.silenced, a.queue
