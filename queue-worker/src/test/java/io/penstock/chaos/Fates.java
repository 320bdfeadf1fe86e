package io.penstock.chaos;

import io.penstock.testkit.Ledger;
import io.penstock.testkit.Ledger.Entry;
import io.penstock.testkit.Ledger.Kind;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * What the enqueuers know of the fate of each job. A server that is swapped for an older copy takes back what was committed
 * since the copy was made, but nothing that was rolled back comes to be. What is learnt across such a change is taken for
 * unknown. Safe for use by many threads.
 */
final class Fates {

    private final Set<UUID> made = new HashSet<>();
    private final Set<UUID> committed = new HashSet<>();
    private final Set<UUID> committedSinceCopy = new HashSet<>();
    private final Set<UUID> rolledBack = new HashSet<>();
    private long epoch;

    /** To be asked for before a fate is decided, and handed in with it. */
    synchronized long epoch() {
        return epoch;
    }

    synchronized void made(Collection<UUID> ids) {
        made.addAll(ids);
    }

    synchronized void committed(long decidedIn, Collection<UUID> ids) {
        if (decidedIn == epoch) {
            committed.addAll(ids);
            committedSinceCopy.addAll(ids);
        }
    }

    /** Rolled back for sure, in every copy of the server. */
    synchronized void rolledBack(Collection<UUID> ids) {
        rolledBack.addAll(ids);
    }

    /** Taken for rolled back because the server says so. */
    synchronized void rolledBack(long decidedIn, Collection<UUID> ids) {
        if (decidedIn == epoch) {
            rolledBack.addAll(ids);
        }
    }

    /** While the server is stopped: a copy of it was made. */
    synchronized void serverCopied() {
        epoch++;
        committedSinceCopy.clear();
    }

    /** While the server is stopped: the copy stands in its place. */
    synchronized void serverSwapped() {
        epoch++;
        committed.removeAll(committedSinceCopy);
        committedSinceCopy.clear();
    }

    /** Those of the jobs which were rolled back. */
    synchronized List<UUID> rolledBackOf(Collection<UUID> ids) {
        return ids.stream().filter(rolledBack::contains).distinct().toList();
    }

    synchronized String summary() {
        return made.size() + " jobs made, " + committed.size() + " known to be committed, " + rolledBack.size()
                + " known to be rolled back";
    }

    /** All of it for the history checker. */
    synchronized List<Entry> entries() {
        List<Entry> entries = new ArrayList<>();
        made.forEach(id -> {
            Kind fate = committed.contains(id) ? Kind.OK : rolledBack.contains(id) ? Kind.FAIL : Kind.UNKNOWN;
            entries.add(new Entry(fate, "job-" + id, Ledger.ENQUEUE, List.of(id.toString())));
        });
        return entries;
    }
}
