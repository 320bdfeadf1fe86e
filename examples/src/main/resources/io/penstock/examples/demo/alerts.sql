-- Purpose: how many seconds after the start of the phase each rule paged first.
SELECT a.rule, extract(epoch FROM min(a.opened_at) - min(p.started_at))
FROM penstock.alert AS a CROSS JOIN demo_phase AS p WHERE a.severity = 'page' GROUP BY a.rule
