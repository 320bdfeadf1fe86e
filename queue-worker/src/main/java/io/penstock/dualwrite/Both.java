package io.penstock.dualwrite;

import io.penstock.database.BoundedTransactions;
import io.penstock.database.BoundedTransactions.Mark;
import io.penstock.database.CommitUnknownException;
import io.penstock.database.Session;
import io.penstock.database.SqlFailure;
import io.penstock.database.Work;
import io.penstock.error.DatabaseUnavailableException;
import io.penstock.error.IndeterminateException;
import io.penstock.error.IndeterminateException.Resolution;
import io.penstock.store.DualWriteStore;
import io.penstock.store.DualWriteStore.KeptWrite;
import io.penstock.transaction.TransactionLimits;
import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One write in two transactions that overlap, each under limits. The order is fixed: begin here, begin there, commit here, commit there. Whatever way this is left,
 * closing the sessions rolls back what is open; should the process be stopped in between, the server does.
 */
final class Both<T extends Record> {

    private static final Logger log = LoggerFactory.getLogger(Both.class);

    private final String subject;
    private final DataSource inCharge;
    private final Mirror<T> mirror;

    Both(String subject, List<Cluster<T>> clusters, List<Mirror<T>> mirrors, int index) {
        this.subject = subject;
        this.inCharge = clusters.get(index).queue().dataSource();
        this.mirror = mirrors.get(1 - index);
    }

    Written write(String name, String key, Work<KeptWrite> first) {
        try (Session here = Session.openReadCommitted(inCharge, TransactionLimits.DEFAULT);
                Session there =
                        Session.openReadCommitted(mirror.follower().queue().dataSource(), TransactionLimits.DEFAULT)) {
            Mark[] mark = new Mark[1];
            List<KeptWrite> kept = here.begin((connection, pipeline) -> {
                pipeline.run(connection);
                first.apply(connection);
                List<KeptWrite> all = DualWriteStore.kept(
                        connection, name, key, Integer.MAX_VALUE); // this one, and what is left of those before it
                mark[0] = BoundedTransactions.marked(connection);
                return all;
            });
            there.begin((connection, pipeline) -> {
                mirror.applyAll(connection, pipeline, key, kept);
                return kept;
            });
            commitHere(here, mark[0]);
            return new Written(kept.get(kept.size() - 1).sequence(), commitThere(there));
        } catch (SQLException failure) {
            throw SqlFailure.translate(subject, failure);
        }
    }

    private void commitHere(Session here, Mark mark) throws SQLException {
        try {
            here.commit();
        } catch (CommitUnknownException unknown) {
            BoundedTransactions transactions = new BoundedTransactions(inCharge);
            Resolution resolution = transactions.resolve(mark);
            if (resolution == Resolution.ROLLED_BACK) {
                throw new DatabaseUnavailableException(
                        subject + ": the connection was lost at commit, without effect; nothing was written, try again",
                        unknown);
            }
            if (resolution == Resolution.UNKNOWN) {
                throw new IndeterminateException(
                        subject
                                + ": the answer to the commit was lost; both sides have it in the end, or none, resolve() asks",
                        List.of(),
                        () -> transactions.resolve(mark),
                        unknown);
            }
        }
    }

    /** From here on the write is made, and the job sees to the other side. */
    private boolean commitThere(Session there) {
        try {
            there.commit();
            return true;
        } catch (SQLException failure) {
            log.info(
                    "{}: committed on the side in charge, and not on {}, where a job brings it: {}",
                    subject,
                    mirror.follower().name(),
                    SqlFailure.describe(failure));
            return false;
        }
    }
}
