package io.penstock.operate;

import io.penstock.error.RefusedException;
import io.penstock.job.Checks;
import io.penstock.job.Limits;
import io.penstock.objective.Spans;
import io.penstock.operate.Blocker.Waiting;
import io.penstock.store.BlockerStore;
import io.penstock.store.BlockerStore.Party;
import io.penstock.transaction.TransactionLimits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Who blocks whom in the database, and how to end it. Safe for use by many threads; holds no connection between calls. What sessions of other logins do is told
 * to members of {@code pg_read_all_stats}; they are ended by members of {@code pg_signal_backend}, and prepared transactions by their owner. What is ended is
 * written to {@code penstock.audit}.
 */
public final class BlockerOperations {

    private static final int MOST_SHOWN = 50;

    private final Transactions transactions;
    private final Audit audit;

    private BlockerOperations(DataSource dataSource, Audit audit) {
        this.transactions = new Transactions(Checks.present("data source", dataSource));
        this.audit = audit;
    }

    /**
     * For an operator.
     *
     * @param actor who that is, or null if the login says it
     */
    public static BlockerOperations on(DataSource dataSource, @Nullable String actor) {
        if (actor != null) {
            Checks.ofLength("actor", actor, 1, Limits.KEY_CHARACTERS);
        }
        return new BlockerOperations(dataSource, new Audit(true, actor));
    }

    /** Who keeps others waiting and waits for nobody, with those that wait; the one that keeps most waiting first. */
    public List<Blocker> list() {
        return of(transactions.transact("blockers", BlockerStore::parties));
    }

    /** The same, of what was read already. */
    public static List<Blocker> of(List<Party> parties) {
        return parties.stream()
                .filter(party -> party.gid() != null || party.others().isEmpty())
                .map(party -> blocker(party, parties))
                .filter(blocker -> !blocker.waiting().isEmpty())
                .sorted(Comparator.comparingInt(
                                (Blocker blocker) -> blocker.waiting().size())
                        .reversed())
                .toList();
    }

    private static Blocker blocker(Party holder, List<Party> parties) {
        List<Waiting> waiting = new ArrayList<>();
        Set<Integer> seen = new HashSet<>(Set.of(holder.pid()));
        long longest = 0;
        for (Party party : parties) {
            boolean direct = holder.gid() != null
                    ? holder.others().contains(party.pid())
                    : party.gid() == null && party.others().contains(holder.pid());
            if (direct && seen.add(party.pid())) {
                waiting.add(new Waiting(1, words(party)));
                longest = Math.max(longest, party.stateSeconds());
                behind(party, parties, 2, seen, waiting);
            }
        }
        return new Blocker(id(holder), words(holder), waiting, Duration.ofSeconds(longest), advice(holder));
    }

    private static void behind(Party before, List<Party> parties, int depth, Set<Integer> seen, List<Waiting> waiting) {
        for (Party party : parties) {
            if (waiting.size() < MOST_SHOWN
                    && party.gid() == null
                    && party.others().contains(before.pid())
                    && seen.add(party.pid())) {
                waiting.add(new Waiting(depth, words(party)));
                behind(party, parties, depth + 1, seen, waiting);
            }
        }
    }

    private static String id(Party party) {
        return party.gid() != null ? "gid:" + party.gid() : party.pid() + "-" + Long.toHexString(party.begun());
    }

    private static String words(Party party) {
        if (party.gid() != null) {
            return "prepared transaction " + Checks.quoted(party.gid()) + " of " + party.login() + ", prepared "
                    + Spans.words(party.openSeconds()) + " ago";
        }
        return "session " + party.pid() + " of " + party.login()
                + (party.application().isEmpty() ? "" : ", application " + Checks.quoted(party.application()))
                + ": "
                + (party.others().isEmpty()
                        ? party.state() + " for "
                        : "waits" + (party.waitsFor() == null ? "" : " for a lock on " + party.waitsFor()) + " since ")
                + Spans.words(party.stateSeconds())
                + (party.others().isEmpty() ? ", its transaction is open for " + Spans.words(party.openSeconds()) : "")
                + (party.query().isEmpty() ? "" : "; " + party.query().strip().replaceAll("\\s+", " "));
    }

    private static String advice(Party holder) {
        String fix = "penstock fix " + id(holder);
        if (holder.gid() != null) {
            return "its coordinator alone ends it; if that is gone for good, " + fix + " rolls it back";
        }
        return switch (holder.state()) {
            case "idle in transaction", "idle in transaction (aborted)" ->
                "left open by its application; " + fix + " ends the session and undoes its transaction";
            case "active" -> "it is at work; wait, or " + fix + " ends it and undoes what it has done so far";
            default -> "ask whose it is; " + fix + " ends the session";
        };
    }

    /**
     * Ends one blocker: terminates its session, or rolls its prepared transaction back. Nothing else is touched.
     *
     * @param id as of {@link #list}
     * @param really whether to do it, or only to say what would be done
     * @return the blocker as it was
     * @throws RefusedException if it keeps nobody waiting any more
     */
    public Blocker end(String id, boolean really) {
        Blocker found = list().stream()
                .filter(blocker -> blocker.id().equals(Checks.present("blocker", id)))
                .findFirst()
                .orElseThrow(() -> Checks.refused(
                        "blocker " + Checks.quoted(id),
                        "one that penstock doctor blockers shows now",
                        "none that keeps anybody waiting"));
        if (really) {
            Map<String, Object> details =
                    Map.of("what", found.holder(), "waiting", found.waiting().size());
            if (id.startsWith("gid:")) {
                rollback(id, details);
            } else {
                terminate(id, details);
            }
        }
        return found;
    }

    private void terminate(String id, Map<String, Object> details) {
        int pid = Integer.parseInt(id.substring(0, id.indexOf('-')));
        long begun = Long.parseLong(id.substring(id.indexOf('-') + 1), 16);
        transactions.transact("blocker " + Checks.quoted(id), connection -> {
            if (!BlockerStore.endSession(connection, pid, begun)) {
                throw Checks.refused("blocker " + Checks.quoted(id), "a session that is there", "one that has ended");
            }
            audit.write(connection, "fix", "session " + pid, details);
            return id;
        });
    }

    private void rollback(String id, Map<String, Object> details) {
        String gid = id.substring("gid:".length());
        transactions.inSession("blocker " + Checks.quoted(id), TransactionLimits.DEFAULT, session -> {
            session.outsideTransaction(connection -> {
                BlockerStore.rollbackPrepared(connection, gid);
                return gid;
            });
            return session.inTransaction(connection -> {
                audit.write(connection, "fix", "prepared transaction " + Checks.quoted(gid), details);
                return gid;
            });
        });
    }
}
