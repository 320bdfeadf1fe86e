package io.penstock.dualwrite;

import io.penstock.database.BoundedTransactions;
import io.penstock.dualwrite.Charge.Now;
import io.penstock.dualwrite.Sight.Found;
import io.penstock.job.Checks;
import io.penstock.store.DualWriteStore;
import io.penstock.store.DualWriteStore.SideState;
import io.penstock.transaction.TransactionLimits;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads from the side in charge, and, while reads compare, from the other as well. */
final class Reads<T extends Record> {

    private static final Logger log = LoggerFactory.getLogger(Reads.class);

    /** What a side has of a key, and what it is itself. */
    private record Seen<V>(SideState state, Sight<V> sight) {}

    private final String name;
    private final List<Cluster<T>> clusters;
    private final List<Inline> inline;
    private final DualWriteMetrics metrics;

    Reads(String name, List<Cluster<T>> clusters, List<Inline> inline, DualWriteMetrics metrics) {
        this.name = name;
        this.clusters = clusters;
        this.inline = inline;
        this.metrics = metrics;
    }

    Optional<T> read(Now now, String key) {
        Seen<T> here = see(now.index(), key, TransactionLimits.DEFAULT);
        if (!here.state().inCharge() || here.state().epoch() != now.epoch()) {
            throw new Fenced("dual write " + Checks.quoted(name) + ": read from a side that is no longer in charge");
        }
        if (here.state().comparing()) {
            inline.get(1 - now.index()).call(() -> compare(key, here, see(1 - now.index(), key, Inline.LIMITS)));
        }
        return Optional.ofNullable(here.sight().values().get(key));
    }

    private Seen<T> see(int index, String key, TransactionLimits limits) {
        Cluster<T> cluster = clusters.get(index);
        String subject = "dual write " + Checks.quoted(name) + " of key " + Checks.quoted(key);
        return new BoundedTransactions(cluster.queue().dataSource(), true).run(subject, limits, 1, transaction -> {
            SideState state = DualWriteStore.state(transaction.connection(), name);
            if (state == null) {
                throw Checks.refused(subject, "a declared dual write, by declare()", "none of that name");
            }
            return new Seen<>(state, Sight.of(transaction.connection(), name, cluster.side(), List.of(key)));
        });
    }

    private boolean compare(String key, Seen<T> here, Seen<T> there) {
        Found found = here.sight().compare(key, there.sight());
        metrics.compared(found);
        if (found == Found.DIFFERENT) {
            log.warn(
                    "dual write \"{}\" of key \"{}\": expected both sides to have the same after write {}, they differ; reconcile with repair"
                            + " writes it again from the side in charge",
                    name,
                    key,
                    here.sight().sequence(key));
        }
        return true;
    }
}
