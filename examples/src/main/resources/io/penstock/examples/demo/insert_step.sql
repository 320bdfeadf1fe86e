-- Purpose: the result of one runbook step.
-- Rows:    one.
INSERT INTO runbook_step (step, result) VALUES (?, ?)
