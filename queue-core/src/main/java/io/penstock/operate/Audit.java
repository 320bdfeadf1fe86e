package io.penstock.operate;

import io.penstock.store.OperatorStore;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * Says who changed what, in the transaction of the change. What a service does in its own name is not written: a service that
 * cancels its jobs is no operator.
 *
 * @param actor who is at the keyboard, by their own account; the login is written beside it in any case
 */
record Audit(boolean written, @Nullable String actor) {

    static final Audit NONE = new Audit(false, null);

    private static final JsonMapper JSON = JsonMapper.builder().build();

    void write(Connection connection, String action, String subject, Map<String, ?> details) throws SQLException {
        if (written) {
            OperatorStore.audit(connection, action, subject, actor, JSON.writeValueAsString(details));
        }
    }
}
