-- Roles are groups without login: grant them to the logins of services. The owner owns every object of the schema,
-- so that functions which run with their owner's rights never run with a superuser's.
-- A migrating login that may not create roles goes on without them: everything then belongs to that login alone.
CREATE SCHEMA IF NOT EXISTS penstock;

DO $$
DECLARE
    wanted text;
BEGIN
    FOREACH wanted IN ARRAY ARRAY ['penstock_owner', 'penstock_worker', 'penstock_enqueuer', 'penstock_reader'] LOOP
        IF to_regrole(wanted) IS NULL THEN
            BEGIN
                EXECUTE format('CREATE ROLE %I NOLOGIN NOINHERIT', wanted);
            EXCEPTION
                WHEN duplicate_object OR unique_violation THEN
                    NULL; -- another database of this cluster was migrated at the same moment
                WHEN insufficient_privilege THEN
                    RAISE NOTICE 'role "%" was not created: "%" lacks CREATEROLE', wanted, current_user;
            END;
        END IF;
    END LOOP;

    IF to_regrole('penstock_owner') IS NOT NULL THEN
        BEGIN
            IF NOT pg_has_role(current_user, 'penstock_owner', 'MEMBER') THEN
                EXECUTE format('GRANT penstock_owner TO %I', current_user);
            END IF;
            ALTER SCHEMA penstock OWNER TO penstock_owner;
            IF to_regclass('penstock.schema_history') IS NOT NULL THEN
                ALTER TABLE penstock.schema_history OWNER TO penstock_owner;
            END IF;
        EXCEPTION
            WHEN insufficient_privilege THEN
                RAISE NOTICE 'schema "penstock" stays with "%": it may not act as penstock_owner', current_user;
        END;
    END IF;
END
$$;
