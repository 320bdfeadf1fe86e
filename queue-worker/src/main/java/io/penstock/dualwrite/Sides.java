package io.penstock.dualwrite;

import io.penstock.database.Session;
import io.penstock.database.SqlFailure;
import io.penstock.database.Work;
import io.penstock.job.Checks;
import io.penstock.store.DualWriteStore;
import io.penstock.store.DualWriteStore.SideState;
import io.penstock.transaction.TransactionLimits;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** The two sides of a dual write: what each is at, and transactions on it. */
record Sides<T extends Record>(String name, List<Cluster<T>> clusters) {

    SideState state(int index) {
        return transact(index, connection -> Optional.ofNullable(DualWriteStore.state(connection, name)))
                .orElseThrow(() ->
                        Checks.refused(subject(index), "a declared dual write, by declare()", "none of that name"));
    }

    <R> R transact(int index, Work<R> work) {
        try (Session session = Session.open(clusters.get(index).queue().dataSource(), TransactionLimits.DEFAULT)) {
            return session.inTransaction(work);
        } catch (SQLException failure) {
            throw SqlFailure.translate(subject(index), failure);
        }
    }

    String subject(int index) {
        return "dual write " + Checks.quoted(name) + ", cluster "
                + Checks.quoted(clusters.get(index).name());
    }
}
