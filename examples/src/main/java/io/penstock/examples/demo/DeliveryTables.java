package io.penstock.examples.demo;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What ingestion reads and writes. Runs inside the caller's transaction. */
final class DeliveryTables {

    private DeliveryTables() {}

    static String lookUp(Connection connection, String resource) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(Sql.of("look_up"))) {
            statement.setString(1, resource);
            statement.setString(2, resource);
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next()) {
                    throw new IllegalStateException(
                            "monitored resource \"" + resource + "\": expected a row, found none");
                }
                return row.getString(1);
            }
        }
    }

    static void insert(Connection connection, int delivery, List<CloudTrailRecord> records) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(Sql.of("insert_events"))) {
            statement.setInt(1, delivery);
            setArray(statement, 2, records, CloudTrailRecord::eventID);
            setArray(statement, 3, records, CloudTrailRecord::eventTime);
            setArray(statement, 4, records, CloudTrailRecord::eventSource);
            setArray(statement, 5, records, CloudTrailRecord::eventName);
            setArray(statement, 6, records, CloudTrailRecord::awsRegion);
            setArray(statement, 7, records, CloudTrailRecord::recipientAccountId);
            setArray(statement, 8, records, record -> record.userIdentity().arn());
            setArray(statement, 9, records, CloudTrailRecord::sourceIPAddress);
            setArray(statement, 10, records, record -> String.valueOf(record.readOnly()));
            setArray(statement, 11, records, CloudTrailRecord::errorCode);
            statement.executeUpdate();
        }
    }

    private static void setArray(
            PreparedStatement statement,
            int parameter,
            List<CloudTrailRecord> records,
            Function<CloudTrailRecord, @Nullable String> field)
            throws SQLException {
        Object[] values = records.stream().map(field).toArray();
        statement.setArray(parameter, statement.getConnection().createArrayOf("text", values));
    }
}
