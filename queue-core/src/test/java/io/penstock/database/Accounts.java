package io.penstock.database;

import io.penstock.JobQueue;
import io.penstock.job.JobType;
import io.penstock.job.QueueDefinition;
import io.penstock.testkit.PenstockDatabase;
import io.penstock.transaction.Transaction;
import io.penstock.transaction.TransactionLimits;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;

/** Two accounts, whose balances tell what was committed. */
abstract class Accounts {

    record Nothing() {}

    static final JobType<Nothing> JOB = JobType.of("bounded", Nothing.class).onQueue("bounded");
    static final TransactionLimits SHORT = TransactionLimits.within(Duration.ofSeconds(1));

    final PenstockDatabase database;
    final JobQueue queue;

    Accounts(PenstockDatabase database) {
        this.database = database;
        this.queue = database.jobQueue();
    }

    @BeforeEach
    void aTable() throws SQLException {
        queue.declare(QueueDefinition.of("bounded", 0, 10, 1));
        database.execute(
                "DROP TABLE IF EXISTS account; CREATE TABLE account (id int PRIMARY KEY, balance int NOT NULL);"
                        + " INSERT INTO account VALUES (1, 0), (2, 0)");
    }

    static String run(Transaction transaction, String sql) throws SQLException {
        return run(transaction.connection(), sql);
    }

    static String run(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
        return sql;
    }

    static String add(int id) {
        return "UPDATE account SET balance = balance + 1 WHERE id = " + id;
    }

    long balance(int id) throws SQLException {
        return database.number("SELECT balance FROM account WHERE id = " + id);
    }
}
