-- Purpose: marks the start of a phase and its measured window.
-- Parameters: milliseconds of the warm-up, milliseconds until the window ends.
INSERT INTO demo_phase (started_at, measured_from, measured_until)
SELECT now, now + ? * interval '1 millisecond', now + ? * interval '1 millisecond' FROM penstock.clock() AS now
