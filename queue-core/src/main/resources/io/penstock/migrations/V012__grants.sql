-- The least that each role needs. What partitions need is granted where they are made.
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA penstock FROM PUBLIC;

CREATE FUNCTION penstock.schema_version() RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS 'SELECT 12';

DO $$
DECLARE
    everyone text;
BEGIN
    FOREACH everyone IN ARRAY ARRAY ['penstock_enqueuer', 'penstock_worker', 'penstock_reader'] LOOP
        PERFORM penstock.grant_if_exists('USAGE', 'SCHEMA penstock', everyone);
        PERFORM penstock.grant_if_exists('EXECUTE', 'FUNCTION penstock.clock()', everyone);
    END LOOP;
    FOREACH everyone IN ARRAY ARRAY ['penstock_enqueuer', 'penstock_worker'] LOOP
        PERFORM penstock.grant_if_exists('EXECUTE', 'FUNCTION penstock.enqueue_batch(text, jsonb)', everyone);
        PERFORM penstock.grant_if_exists('EXECUTE', 'FUNCTION penstock.enqueue_one(text, uuid, text, jsonb, timestamptz, integer, integer, text, text[], jsonb)', everyone);
        PERFORM penstock.grant_if_exists('EXECUTE', 'FUNCTION penstock.is_enqueued(text, uuid)', everyone);
        PERFORM penstock.grant_if_exists('EXECUTE', 'FUNCTION penstock.open_batch(uuid, jsonb, jsonb)', everyone);
        PERFORM penstock.grant_if_exists('EXECUTE', 'FUNCTION penstock.enqueue(text, text, jsonb, timestamptz, integer, integer, text, text[], jsonb, text, uuid, jsonb)', everyone);
    END LOOP;

    PERFORM penstock.grant_if_exists('EXECUTE', 'FUNCTION penstock.create_queue(text, integer, integer, integer)', 'penstock_worker');
    PERFORM penstock.grant_if_exists('EXECUTE', 'FUNCTION penstock.clear_segment(integer, integer, bigint[], xid8[], bigint[], bigint)', 'penstock_worker');
    PERFORM penstock.grant_if_exists('EXECUTE', 'FUNCTION penstock.ensure_days(integer)', 'penstock_worker');
    PERFORM penstock.grant_if_exists('EXECUTE', 'FUNCTION penstock.prune_day(integer)', 'penstock_worker');
    PERFORM penstock.grant_if_exists('EXECUTE', 'FUNCTION penstock.forget_keys(integer)', 'penstock_worker');
    PERFORM penstock.grant_if_exists('EXECUTE', 'FUNCTION penstock.forget_unique_keys(integer)', 'penstock_worker');
    PERFORM penstock.grant_if_exists('EXECUTE', 'FUNCTION penstock.job_tables()', 'penstock_worker');
    PERFORM penstock.grant_if_exists('EXECUTE', 'FUNCTION penstock.erase_tag(text, regclass, bigint, integer)', 'penstock_worker');
    PERFORM penstock.grant_if_exists('EXECUTE', 'FUNCTION penstock.draw_position(regclass)', 'penstock_worker');
    PERFORM penstock.grant_if_exists('EXECUTE', 'FUNCTION penstock.add_failure(jsonb, jsonb)', 'penstock_worker');
    PERFORM penstock.grant_if_exists('SELECT, UPDATE (guarantee, concurrency_limit, weight, strict, lending, keep_completed, keep_failed, declared, name, removed_at)', 'penstock.queue', 'penstock_worker');
    PERFORM penstock.grant_if_exists('SELECT, UPDATE', 'penstock.claim_ceiling', 'penstock_worker');
    PERFORM penstock.grant_if_exists('SELECT, INSERT, DELETE, UPDATE (cancel_requested_at)', 'penstock.live', 'penstock_worker');
    PERFORM penstock.grant_if_exists('SELECT, INSERT, UPDATE, DELETE', 'penstock.waiting', 'penstock_worker');
    PERFORM penstock.grant_if_exists('SELECT, INSERT', 'penstock.finished', 'penstock_worker');
    PERFORM penstock.grant_if_exists('SELECT, INSERT, UPDATE, DELETE', 'penstock.worker', 'penstock_worker');
    PERFORM penstock.grant_if_exists('SELECT, INSERT, DELETE', 'penstock.sleeper', 'penstock_worker');
    PERFORM penstock.grant_if_exists('SELECT, INSERT, UPDATE, DELETE', 'penstock.cancellation', 'penstock_worker');
    PERFORM penstock.grant_if_exists('SELECT, INSERT, UPDATE, DELETE', 'penstock.checkpoint', 'penstock_worker');
    PERFORM penstock.grant_if_exists('SELECT, INSERT, UPDATE, DELETE', 'penstock.progress', 'penstock_worker');
    PERFORM penstock.grant_if_exists('SELECT', 'penstock.retained_day', 'penstock_worker');
    PERFORM penstock.grant_if_exists('SELECT', 'penstock.batch', 'penstock_worker');
    PERFORM penstock.grant_if_exists('SELECT, INSERT, DELETE', 'penstock.member', 'penstock_worker');
    PERFORM penstock.grant_if_exists('SELECT, UPDATE', 'penstock.allocation', 'penstock_worker');
    PERFORM penstock.grant_if_exists('SELECT, INSERT, UPDATE (worker_id)', 'penstock.slot', 'penstock_worker');
    PERFORM penstock.grant_if_exists('EXECUTE', 'FUNCTION penstock.fleet_fingerprint()', 'penstock_worker');
    PERFORM penstock.grant_if_exists('EXECUTE', 'FUNCTION penstock.advance_batch(uuid, integer)', 'penstock_worker');

    PERFORM penstock.grant_if_exists('SELECT', 'penstock.schedule', 'penstock_worker');
    PERFORM penstock.grant_if_exists('EXECUTE', 'FUNCTION penstock.declare_schedule(text, text, text, jsonb, text, text, interval, timestamptz, text, integer, integer, text, text[], jsonb)', 'penstock_worker');
    PERFORM penstock.grant_if_exists('EXECUTE', 'FUNCTION penstock.remove_schedule(text)', 'penstock_worker');
    PERFORM penstock.grant_if_exists('EXECUTE', 'FUNCTION penstock.pause_schedule(text)', 'penstock_worker');
    PERFORM penstock.grant_if_exists('EXECUTE', 'FUNCTION penstock.resume_schedule(text)', 'penstock_worker');
    PERFORM penstock.grant_if_exists('EXECUTE', 'FUNCTION penstock.run_schedule(text)', 'penstock_worker');
    PERFORM penstock.grant_if_exists('EXECUTE', 'FUNCTION penstock.fire_schedule(bigint, integer, timestamptz, timestamptz[], timestamptz)', 'penstock_worker');
    PERFORM penstock.grant_if_exists('EXECUTE', 'FUNCTION penstock.fail_schedule(bigint, integer, timestamptz, text, interval)', 'penstock_worker');

    FOREACH everyone IN ARRAY ARRAY ['penstock_worker', 'penstock_reader'] LOOP
        PERFORM penstock.grant_if_exists('EXECUTE', 'FUNCTION penstock.queue_of(uuid, integer[])', everyone);
    END LOOP;
    FOREACH everyone IN ARRAY ARRAY ['penstock_worker', 'penstock_enqueuer'] LOOP
        PERFORM penstock.grant_if_exists('EXECUTE', 'FUNCTION penstock.write_audit(text, text, text, jsonb)', everyone);
    END LOOP;
    PERFORM penstock.grant_if_exists('UPDATE (paused_at, paused_by, pause_reason)', 'penstock.queue', 'penstock_worker');

    PERFORM penstock.grant_if_exists('SELECT', 'ALL TABLES IN SCHEMA penstock', 'penstock_reader');
END
$$;
