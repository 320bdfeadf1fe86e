-- Purpose: how many workers beat, how many say they live and do not beat, and how many were lost within the last hour.
-- Rows:    one.
-- Locks:   none.
-- Index:   none needed: one row per worker is read.
SELECT count(*) FILTER (WHERE w.state = 'alive' AND w.heartbeat_at >= penstock.clock() - w.lease),
       count(*) FILTER (WHERE w.state = 'alive' AND w.heartbeat_at < penstock.clock() - w.lease),
       count(*) FILTER (WHERE w.state = 'lost' AND w.lost_at >= penstock.clock() - interval '1 hour')
FROM penstock.worker AS w
