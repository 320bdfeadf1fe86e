-- Purpose: marks the moment up to which the age of unfinished jobs is counted.
UPDATE demo_phase SET ended_at = penstock.clock()
