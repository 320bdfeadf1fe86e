-- Purpose: makes an objective, or sets it anew.
-- Rows:    one: whether anything changed.
-- Locks:   the queue's row, the objective's.
-- Index:   queue_name, objective_promise.
-- Parameters: queue, kind, target, bound, type, days, evidence, minimum, what a service declares or null for an operator.
SELECT penstock.declare_objective(?, ?, ?, ?, ?, ?, ?, ?, ?)
