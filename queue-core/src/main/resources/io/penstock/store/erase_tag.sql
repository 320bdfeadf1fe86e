-- Purpose: erases what jobs with a tag carry, in some pages of one table.
-- Rows:    one; changes at most the rows of the pages given.
-- Locks:   the rows of those jobs.
-- Index:   none: pages in order. A person asks for it, not a loop.
-- Parameters: tag, table, first page, number of pages.
SELECT penstock.erase_tag(?, ?::regclass, ?, ?)
