package io.penstock.database;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Statements that are sent together and answered together: one round trip for all of them. They run in order, in the
 * transaction under way; if one fails, those after it do not run. For use by one thread.
 */
public final class Pipeline {

    /** Sets a step's parameters from the number given on; answers the number after its last. */
    @FunctionalInterface
    public interface Binder {
        int bind(PreparedStatement statement, int first) throws SQLException;
    }

    /** Reads a step's rows. Called when all steps have run. */
    @FunctionalInterface
    public interface Reader {
        void read(ResultSet rows) throws SQLException;
    }

    private record Step(String sql, Binder binder, Reader reader) {}

    private final List<Step> steps = new ArrayList<>();

    /** Adds a statement, which answers rows. */
    public void add(String sql, Binder binder, Reader reader) {
        steps.add(new Step(sql, binder, reader));
    }

    /** Sends what was added since the last time. */
    public void run(Connection connection) throws SQLException {
        if (steps.isEmpty()) {
            return;
        }
        String sql = steps.stream().map(Step::sql).collect(Collectors.joining(";\n"));
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            int parameter = 1;
            for (Step step : steps) {
                parameter = step.binder().bind(statement, parameter);
            }
            boolean rows = statement.execute();
            for (Step step : steps) {
                while (!rows) {
                    if (statement.getUpdateCount() < 0) {
                        throw new SQLException("a step of a pipeline answered no rows: " + step.sql(), "P0002");
                    }
                    rows = statement.getMoreResults(); // a SET answers none
                }
                try (ResultSet result = statement.getResultSet()) {
                    step.reader().read(result);
                }
                rows = statement.getMoreResults();
            }
        }
        steps.clear();
    }
}
