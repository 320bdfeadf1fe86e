package io.penstock.alert;

import io.penstock.database.CommitUnknownException;
import io.penstock.database.Session;
import io.penstock.database.Work;
import io.penstock.objective.Alert;
import io.penstock.objective.Condition;
import io.penstock.operate.LikelyCause;
import io.penstock.store.AlertStore;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes alerts of conditions, and tells of those that this process is the first to see. For use by the watch's thread. */
final class Telling {

    private static final Logger log = LoggerFactory.getLogger(Telling.class);
    private static final long HOLD = Watch.micros(Watch.HOLD);
    private static final int MOST_UNSURE = 1_000;
    private static final long RESOLVE_EVERY = Watch.micros(Duration.ofSeconds(5));

    private final List<AlertListener> listeners = new ArrayList<>(List.of(new AlertLog()));
    private final List<Alert> unsure = new ArrayList<>();
    private Map<String, String> causes = Map.of();
    private long wellSince = Long.MIN_VALUE;
    private long resolved = Long.MIN_VALUE;

    Telling(List<AlertListener> more) {
        listeners.addAll(more);
    }

    /** There were looks that judged nothing: what is open may hold all the same. */
    void interrupted() {
        wellSince = Long.MIN_VALUE;
    }

    /**
     * Tells of what is new, and of what is over.
     *
     * @param now in microseconds of the epoch
     */
    void tell(Session session, List<Condition> conditions, long now) throws SQLException {
        wellSince = wellSince > now || wellSince == Long.MIN_VALUE ? now : wellSince;
        List<Condition> explained = explained(session, conditions);
        tellUnsure(session);
        if (!explained.isEmpty()) {
            each(stored(session, connection -> AlertStore.raise(connection, explained)));
        }
        boolean again = now >= resolved + RESOLVE_EVERY || now < resolved;
        if (again && now - wellSince > HOLD) { // else what still holds may not have been judged yet
            resolved = now;
            each(stored(session, connection -> AlertStore.resolve(connection, Watch.HOLD)));
        }
    }

    /** Whether an answer to a commit was lost: of what was stored then, nobody but this process will tell. */
    private void tellUnsure(Session session) throws SQLException {
        if (unsure.isEmpty()) {
            return;
        }
        List<Alert> stored = session.inTransaction(connection -> AlertStore.find(connection, false, MOST_UNSURE));
        List<Alert> told = unsure.stream()
                .filter(alert -> stored.stream()
                        .anyMatch(one -> one.id() == alert.id()
                                && (alert.resolvedAt() == null
                                        || alert.resolvedAt().equals(one.resolvedAt()))))
                .toList();
        unsure.clear();
        each(told);
    }

    private List<Alert> stored(Session session, Work<List<Alert>> change) throws SQLException {
        List<Alert> alerts = new ArrayList<>();
        try {
            return session.inTransaction(connection -> {
                alerts.addAll(change.apply(connection));
                Routing.send(connection, alerts);
                return alerts;
            });
        } catch (CommitUnknownException unknown) {
            unsure.addAll(alerts);
            throw unknown;
        }
    }

    /** With what is likely to be the cause, as of when this process first saw it. */
    private List<Condition> explained(Session session, List<Condition> conditions) throws SQLException {
        Map<String, String> now = new HashMap<>();
        List<Condition> explained = new ArrayList<>();
        for (Condition condition : conditions) {
            String queue = condition.queue();
            String cause = causes.get(condition.key());
            if (cause == null) {
                cause = queue == null ? "" : LikelyCause.of(session, queue).orElse("");
            }
            now.put(condition.key(), cause);
            explained.add(cause.isEmpty() ? condition : condition.because(cause));
        }
        causes = now;
        return explained;
    }

    private void each(List<Alert> alerts) {
        Consumer<Alert> toAll = alert -> {
            for (AlertListener listener : listeners) {
                try {
                    if (alert.resolvedAt() == null) {
                        listener.opened(alert);
                    } else {
                        listener.resolved(alert);
                    }
                } catch (RuntimeException | Error failure) {
                    log.warn("a listener failed on alert {}; the watch goes on", alert.key(), failure);
                }
            }
        };
        alerts.stream().filter(alert -> !alert.silenced()).forEach(toAll);
    }
}
