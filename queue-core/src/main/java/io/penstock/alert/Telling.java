package io.penstock.alert;

import io.penstock.database.Session;
import io.penstock.objective.Alert;
import io.penstock.objective.Condition;
import io.penstock.operate.LikelyCause;
import io.penstock.store.AlertStore;
import java.sql.Connection;
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
    private static final long RESOLVE_EVERY = Watch.micros(Duration.ofSeconds(5));

    private final List<AlertListener> listeners = new ArrayList<>(List.of(new AlertLog()));
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
        if (!explained.isEmpty()) {
            each(
                    session.inTransaction(connection -> sent(connection, AlertStore.raise(connection, explained))),
                    (listener, alert) -> listener.opened(alert));
        }
        boolean again = now >= resolved + RESOLVE_EVERY || now < resolved;
        if (again && now - wellSince > HOLD) { // else what still holds may not have been judged yet
            resolved = now;
            each(
                    session.inTransaction(connection -> sent(connection, AlertStore.resolve(connection, Watch.HOLD))),
                    (listener, alert) -> listener.resolved(alert));
        }
    }

    private static List<Alert> sent(Connection connection, List<Alert> alerts) throws SQLException {
        Routing.send(connection, alerts);
        return alerts;
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

    @FunctionalInterface
    private interface Told {
        void by(AlertListener listener, Alert alert);
    }

    private void each(List<Alert> alerts, Told told) {
        Consumer<Alert> toAll = alert -> {
            for (AlertListener listener : listeners) {
                try {
                    told.by(listener, alert);
                } catch (RuntimeException | Error failure) {
                    log.warn("a listener failed on alert {}; the watch goes on", alert.key(), failure);
                }
            }
        };
        alerts.stream().filter(alert -> !alert.silenced()).forEach(toAll);
    }
}
