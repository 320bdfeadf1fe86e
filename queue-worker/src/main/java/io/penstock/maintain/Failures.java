package io.penstock.maintain;

import io.penstock.database.SqlFailure;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Lets several tasks be tried although one fails; the first failure is thrown when all have been. */
final class Failures {

    /** One of the tasks. */
    @FunctionalInterface
    interface Task {
        void run() throws SQLException;
    }

    private @Nullable SQLException first;

    /** Runs a task. Only a lost connection is thrown at once: nothing after it could succeed. */
    void collect(Task task) throws SQLException {
        try {
            task.run();
        } catch (SQLException failure) {
            if (SqlFailure.connectionLost(failure)) {
                throw failure;
            }
            if (first == null) {
                first = failure;
            } else {
                first.addSuppressed(failure);
            }
        }
    }

    void throwFirst() throws SQLException {
        if (first != null) {
            throw first;
        }
    }
}
