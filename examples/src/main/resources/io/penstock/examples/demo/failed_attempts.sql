-- Purpose: jobs of which an attempt failed. There should be none.
SELECT (SELECT count(*) FROM penstock.finished WHERE failures <> '[]' OR state <> 'completed')
     + (SELECT count(*) FROM penstock.live WHERE failures <> '[]')
     + (SELECT count(*) FROM penstock.waiting WHERE failures <> '[]')
