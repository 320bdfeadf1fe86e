-- Purpose: removes an objective with all that was counted for it.
-- Rows:    one: whether there was one.
-- Locks:   the objective's row.
-- Index:   queue_name, objective_promise, tally_minute, proof_newest.
-- Parameters: queue, kind, type or null.
SELECT penstock.remove_objective(?, ?, ?)
