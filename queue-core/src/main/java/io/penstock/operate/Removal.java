package io.penstock.operate;

import io.penstock.database.Session;
import io.penstock.job.Checks;
import io.penstock.store.QueueRemoval;
import io.penstock.transaction.TransactionLimits;
import java.sql.SQLException;
import java.util.Map;

/** The removal of a queue, in steps that can each be the last: called again, it goes on where it stopped. */
record Removal(Transactions transactions, Audit audit) {

    void remove(String queue) {
        String subject = "removal of queue " + Checks.quoted(queue);
        int queueId = transactions.transact(subject, connection -> QueueRemoval.find(connection, queue));
        if (queueId == 0) {
            throw Checks.refused(subject, "an existing queue", "none");
        }
        transactions.inSession(subject, TransactionLimits.REMOVAL, session -> {
            close(session, queueId, true);
            refuseJobs(session, subject, queueId);
            session.outsideTransaction(connection -> {
                QueueRemoval.detach(connection, queueId);
                return queueId;
            });
            refuseJobs(session, subject, queueId);
            return session.inTransaction(connection -> {
                QueueRemoval.drop(connection, queueId);
                audit.write(connection, "remove", "queue " + Checks.quoted(queue), Map.of());
                return queueId;
            });
        });
    }

    private static void close(Session session, int queueId, boolean closed) throws SQLException {
        session.inTransaction(connection -> {
            QueueRemoval.close(connection, queueId, closed);
            return queueId;
        });
    }

    private static void refuseJobs(Session session, String subject, int queueId) throws SQLException {
        long left = session.inTransaction(connection -> QueueRemoval.jobsLeft(connection, queueId));
        if (left > 0) {
            session.inTransaction(connection -> {
                QueueRemoval.attach(connection, queueId);
                return queueId;
            });
            close(session, queueId, false);
            throw Checks.refused(
                    subject, "no jobs that have not ended; let them run, or cancel them", left + " or more");
        }
    }
}
