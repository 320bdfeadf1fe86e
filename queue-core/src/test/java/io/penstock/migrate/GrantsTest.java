package io.penstock.migrate;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.job.QueueDefinition;
import io.penstock.testkit.PenstockDatabase;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Every right that a role, or everybody, has on anything in the schema: {@code grants.txt}, held against the catalogue. */
@PenstockDatabase.Fresh
class GrantsTest {

    private static final String GRANTS = """
            WITH object (name, owner, acl) AS (
                SELECT 'schema penstock', nspowner, nspacl FROM pg_namespace WHERE nspname = 'penstock'
                UNION ALL
                SELECT CASE relkind WHEN 'S' THEN 'sequence ' ELSE 'table ' END || regexp_replace(relname, '^finished_[0-9]{8}$', 'finished_<day>'),
                       relowner, coalesce(relacl, acldefault(CASE relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", relowner))
                FROM pg_class WHERE relnamespace = 'penstock'::regnamespace AND relkind IN ('r', 'p', 'S', 'v', 'm')
                UNION ALL
                SELECT 'table ' || relname || ' (' || attname || ')', relowner, attacl
                FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
                WHERE relnamespace = 'penstock'::regnamespace AND attacl IS NOT NULL AND NOT attisdropped
                UNION ALL
                SELECT 'function ' || proname || '(' || pg_get_function_identity_arguments(oid) || ')', proowner,
                       coalesce(proacl, acldefault('f', proowner))
                FROM pg_proc WHERE pronamespace = 'penstock'::regnamespace
                UNION ALL
                SELECT 'type ' || typname, typowner, typacl FROM pg_type WHERE typnamespace = 'penstock'::regnamespace AND typacl IS NOT NULL
            )
            SELECT right_granted FROM (SELECT grantee_name || ': ' || privileges || ' on ' || name || CASE WHEN grantable THEN ' WITH GRANT OPTION' ELSE '' END AS right_granted
            FROM (
                SELECT CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE g.grantee::regrole::text END AS grantee_name, name,
                       string_agg(DISTINCT g.privilege_type, ', ' ORDER BY g.privilege_type) AS privileges, bool_or(g.is_grantable) AS grantable
                FROM object, aclexplode(acl) AS g
                WHERE g.grantee <> owner
                GROUP BY g.grantee, name) AS granted) AS line
            ORDER BY right_granted COLLATE "C"
            """;

    @Test
    void theRolesHaveTheseRightsAndNoOthers(PenstockDatabase database) throws SQLException, IOException {
        database.jobQueue().declare(QueueDefinition.of("mail", 0, 1, 1));

        List<String> granted = database.query(GRANTS);

        assertThat(String.join("\n", granted)).isEqualTo(String.join("\n", expected()));
    }

    private static List<String> expected() throws IOException {
        try (InputStream stream =
                Objects.requireNonNull(GrantsTest.class.getResourceAsStream("grants.txt"), "grants.txt")) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        }
    }
}
