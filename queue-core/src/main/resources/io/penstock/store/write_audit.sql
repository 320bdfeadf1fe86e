-- Purpose: says who changed what by hand, in the transaction of the change; forgets some of what is older than 400 days.
-- Rows:    one; deletes at most twenty.
-- Locks:   the rows deleted, SKIP LOCKED.
-- Index:   audit_at.
-- Parameters: action, subject, actor, details.
SELECT penstock.write_audit(?, ?, ?, ?::jsonb)
