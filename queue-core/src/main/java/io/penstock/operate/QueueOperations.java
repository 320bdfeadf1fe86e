package io.penstock.operate;

import io.penstock.error.RefusedException;
import io.penstock.job.Checks;
import io.penstock.job.ConcurrencyBudget;
import io.penstock.job.Limits;
import io.penstock.job.PauseScope;
import io.penstock.job.QueueDefinition;
import io.penstock.job.QueueStatus;
import io.penstock.store.FleetStore;
import io.penstock.store.PauseStore;
import io.penstock.store.QueueStatusStore;
import io.penstock.store.QueueStatusStore.Settings;
import io.penstock.store.QueueStore;
import io.penstock.transaction.TransactionLimits;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * What an operator does with queues. Safe for use by many threads; holds no connection between calls. Every change is written to
 * {@code penstock.audit} with it. Reading needs the rights of {@code penstock_reader}, changing those of {@code
 * penstock_worker}.
 *
 * <p>All methods throw the types of {@link io.penstock.error}: refused input, contention, an unavailable server.
 */
public final class QueueOperations {

    private static final Duration DISCARDED_SINCE = Duration.ofDays(1);

    private final Transactions transactions;
    private final Audit audit;

    private QueueOperations(DataSource dataSource, Audit audit) {
        this.transactions = new Transactions(Checks.present("data source", dataSource));
        this.audit = audit;
    }

    /**
     * For an operator.
     *
     * @param actor who that is, or null if the login says it
     */
    public static QueueOperations on(DataSource dataSource, @Nullable String actor) {
        if (actor != null) {
            Checks.ofLength("actor", actor, 1, Limits.KEY_CHARACTERS);
        }
        return new QueueOperations(dataSource, new Audit(true, actor));
    }

    /** For a service, which declares its queues with every start: nothing is written to {@code penstock.audit}. */
    public static QueueOperations unaudited(DataSource dataSource) {
        return new QueueOperations(dataSource, Audit.NONE);
    }

    /** Every queue with what is in it, by name. Each is looked at in a transaction of its own, so none waits for another's lock. */
    public List<QueueStatus> list() {
        return transactions.inSession("queues", TransactionLimits.DEFAULT, session -> {
            List<QueueStatus> all = new ArrayList<>();
            for (Settings one : session.inTransaction(connection -> QueueStatusStore.settings(connection, null))) {
                all.add(session.inTransaction(connection -> QueueStatusStore.status(connection, one, since())));
            }
            return all;
        });
    }

    /** The queue with what is in it; empty if there is none of that name. */
    public Optional<QueueStatus> show(String queue) {
        return transactions.transact(subject(queue), connection -> {
            List<Settings> found = QueueStatusStore.settings(connection, Checks.present("queue name", queue));
            return found.isEmpty()
                    ? Optional.empty()
                    : Optional.of(QueueStatusStore.status(connection, found.get(0), since()));
        });
    }

    /**
     * Why the first job of a queue is not running, in words; the first reason is the one to do something about. From what is stored: what
     * keeps a single worker from claiming is in its log.
     *
     * @throws RefusedException if there is no such queue
     */
    public List<String> explain(String queue) {
        String subject = subject(Checks.present("queue name", queue));
        return transactions.inSession(subject, TransactionLimits.DEFAULT, session -> {
            return Explanation.of(session, queue, since()).reasons();
        });
    }

    private static Instant since() {
        return Instant.now().minus(DISCARDED_SINCE);
    }

    /**
     * Makes each queue if it is new, and sets its concurrency budget and what it keeps; each in a transaction of its own, over one
     * connection. What an operator sets counts at once; what a service declares counts if it differs from what it declared
     * before, so that an operator's change outlives a restart.
     */
    public void declare(QueueDefinition... queues) {
        Checks.present("queue", (Object) queues);
        transactions.inSession("declaration of queues", TransactionLimits.DEFAULT, session -> {
            for (QueueDefinition queue : queues) {
                String subject = subject(Checks.present("queue", queue).name());
                Transactions.again(
                        subject,
                        () -> Transactions.transact(
                                session, subject, connection -> declare(connection, subject, queue)));
            }
            return queues;
        });
    }

    private int declare(Connection connection, String subject, QueueDefinition queue) throws SQLException {
        int queueId = audit.written() ? QueueStore.configure(connection, queue) : QueueStore.declare(connection, queue);
        audit.write(
                connection,
                "declare",
                subject,
                Map.of(
                        "guarantee", queue.budget().guarantee(),
                        "limit", queue.budget().limit(),
                        "weight", queue.budget().weight(),
                        "strict", queue.budget().strict(),
                        "lending", queue.budget().lending().toString(),
                        "throttles", queue.throttles(),
                        "keep_completed", queue.retention().completedDays(),
                        "keep_failed", queue.retention().failedDays()));
        return queueId;
    }

    /**
     * Changes a queue's concurrency budget while workers run: each has its new share within two seconds, and what runs above it
     * ends by itself.
     *
     * @param change the new budget, of the one there is
     * @return the new budget
     * @throws RefusedException if there is no such queue, or a higher guarantee does not fit what the workers that are alive bring beside
     *     the other queues' guarantees
     */
    public ConcurrencyBudget changeBudget(String queue, UnaryOperator<ConcurrencyBudget> change) {
        Checks.present("change of the budget", change);
        String subject = subject(Checks.present("queue name", queue));
        return transactions.transact(subject, connection -> {
            QueueDefinition old = existing(connection, queue);
            ConcurrencyBudget budget = Checks.present("new budget", change.apply(old.budget()));
            if (budget.guarantee() > old.budget().guarantee()) {
                Admission.check(subject, budget.guarantee(), FleetStore.room(connection, queue));
            }
            QueueStore.configure(connection, old.budget(budget));
            audit.write(
                    connection, "budget", subject, Map.of("old", old.budget().toString(), "new", budget.toString()));
            return budget;
        });
    }

    /**
     * Changes a queue's limit per concurrency key, its rates, its ageing and whether it is heavy, while workers run: they count for the claims that
     * follow. Jobs that ran
     * before a queue's first limit per key count for nothing; what was parked for a limit that is lifted is run.
     *
     * @param change the definition as it is to be, of the one there is; its budget and its retention are left alone
     * @return the definition that holds now
     * @throws RefusedException if there is no such queue
     */
    public QueueDefinition changeThrottles(String queue, UnaryOperator<QueueDefinition> change) {
        Checks.present("change of the limits", change);
        String subject = subject(Checks.present("queue name", queue));
        return transactions.transact(subject, connection -> {
            QueueDefinition old = existing(connection, queue);
            QueueDefinition asked = Checks.present("new limits", change.apply(old));
            QueueDefinition changed = old.perKey(asked.perKey())
                    .rate(asked.rate())
                    .keyRate(asked.keyRate())
                    .ageing(asked.ageing())
                    .heavy(asked.heavy());
            if (!changed.equals(old)) {
                QueueStore.configure(connection, changed);
                audit.write(
                        connection, "throttles", subject, Map.of("old", old.throttles(), "new", changed.throttles()));
            }
            return changed;
        });
    }

    private static QueueDefinition existing(Connection connection, String queue) throws SQLException {
        List<Settings> found = QueueStatusStore.settings(connection, queue);
        if (found.isEmpty()) {
            throw Checks.refused(subject(queue), "an existing queue", "none");
        }
        return found.get(0).definition();
    }

    /** The whole queue, until it is resumed: {@link #pause(String, PauseScope, String, String, Duration)}. */
    public boolean pause(String queue, String who, @Nullable String reason) {
        return pause(queue, PauseScope.queue(), who, reason, null);
    }

    /**
     * Holds a queue back, or its jobs of one type or concurrency key: the queue takes jobs, what runs goes on, and nothing more is
     * started of it. Paused jobs that come up in line are parked, so that others pass them, and stand at its end again when the
     * pause is over. Workers know within two seconds.
     *
     * @param who the operator's name, shown with the queue
     * @param reason why, or null
     * @param lasting for how long, in whole seconds; until it is resumed if null
     * @return false if it was paused already; then the first one's name, reason and end stay
     * @throws RefusedException if there is no such queue
     */
    public boolean pause(
            String queue, PauseScope scope, String who, @Nullable String reason, @Nullable Duration lasting) {
        Checks.present("what is paused", scope);
        Checks.ofLength("paused by", who, 1, Limits.KEY_CHARACTERS);
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("what", scope.subject());
        details.put("by", who);
        if (reason != null) {
            details.put("reason", Checks.ofLength("pause reason", reason, 1, Limits.REASON_CHARACTERS));
        }
        if (lasting != null) {
            Checks.within("pause", lasting, Duration.ofSeconds(1), Limits.FARTHEST_DELAY);
            details.put("seconds", lasting.toSeconds());
        }
        return change(
                "pause",
                queue,
                details,
                connection -> PauseStore.pause(connection, queue, scope, who, reason, lasting));
    }

    /** The whole queue: {@link #resume(String, PauseScope)}. */
    public boolean resume(String queue) {
        return resume(queue, PauseScope.queue());
    }

    /**
     * Lets a paused queue go on, or its jobs of one type or concurrency key.
     *
     * @return false if it was not paused
     * @throws RefusedException if there is no such queue
     */
    public boolean resume(String queue, PauseScope scope) {
        Checks.present("what is resumed", scope);
        return change(
                "resume",
                queue,
                Map.of("what", scope.subject()),
                connection -> PauseStore.resume(connection, queue, scope));
    }

    /** A change that may turn out to be none. */
    private interface Change {
        boolean apply(Connection connection) throws SQLException;
    }

    private boolean change(String action, String queue, Map<String, ?> details, Change change) {
        String subject = subject(Checks.present("queue name", queue));
        return transactions.transact(subject, connection -> {
            if (QueueStatusStore.settings(connection, queue).isEmpty()) {
                throw Checks.refused(subject, "an existing queue", "none");
            }
            boolean changed = change.apply(connection);
            if (changed) {
                audit.write(connection, action, subject, details);
            }
            return changed;
        });
    }

    /**
     * Renames a queue. Its jobs stay; enqueuers and workers that start from now on have to use the new name, and workers that
     * run go on.
     *
     * @throws RefusedException if there is no such queue, or one of the new name
     */
    public void rename(String queue, String newName) {
        QueueDefinition.checkName(newName);
        String subject = "rename of queue " + Checks.quoted(queue);
        boolean found = Transactions.again(
                subject,
                () -> transactions.transact(subject, connection -> {
                    boolean renamed = QueueStore.rename(connection, queue, newName);
                    if (renamed) {
                        audit.write(connection, "rename", subject(queue), Map.of("to", newName));
                    }
                    return renamed;
                }));
        if (!found) {
            throw Checks.refused(subject, "an existing queue", "none");
        }
    }

    /**
     * Removes a queue that has no jobs but ended ones, with its tables; those ended stay for as long as they are kept. Nobody
     * else is held up. Needs a login that is a member of the schema's owner. A removal that was broken off goes on when it is
     * called again; until then the queue takes no jobs.
     *
     * @throws RefusedException if there is no such queue, or it has jobs
     * @throws io.penstock.error.ContentionException if older transactions do not end in time
     */
    public void remove(String queue) {
        new Removal(transactions, audit).remove(queue);
    }

    private static String subject(String queue) {
        return "queue " + Checks.quoted(queue);
    }
}
