-- Purpose: takes a batch as far as it goes: its next step is enqueued when all its jobs have ended.
-- Rows:    one; looks at no more members than given, and deletes those that have ended.
-- Locks:   the batch's row, SKIP LOCKED; its members, which only its advance touches.
-- Index:   the primary keys of batch and batch_member; for each member the (id) index of its queue's three leaves, waiting's primary key, and
--          finished_id of the days that it can have ended on.
-- Parameters: batch, number of members.
SELECT outcome, news, queue_id, job_id, step, error FROM penstock.advance_batch(?, ?)
