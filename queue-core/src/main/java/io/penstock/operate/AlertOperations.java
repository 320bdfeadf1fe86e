package io.penstock.operate;

import io.penstock.error.RefusedException;
import io.penstock.job.Checks;
import io.penstock.job.Limits;
import io.penstock.objective.Alert;
import io.penstock.objective.AlertRoute;
import io.penstock.store.AlertStore;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * What an operator does with alerts. Safe for use by many threads; holds no connection between calls. Every change is written to
 * {@code penstock.audit} with it. Reading needs the rights of {@code penstock_reader}, changing those of {@code penstock_worker}.
 *
 * <p>All methods throw the types of {@link io.penstock.error}: refused input, contention, an unavailable server.
 */
public final class AlertOperations {

    /** The longest that alerts may be silenced. */
    public static final Duration LONGEST_SILENCE = Duration.ofDays(90);

    private final Transactions transactions;
    private final Audit audit;

    private AlertOperations(DataSource dataSource, Audit audit) {
        this.transactions = new Transactions(Checks.present("data source", dataSource));
        this.audit = audit;
    }

    /**
     * For an operator.
     *
     * @param actor who that is, or null if the login says it
     */
    public static AlertOperations on(DataSource dataSource, @Nullable String actor) {
        if (actor != null) {
            Checks.ofLength("actor", actor, 1, Limits.KEY_CHARACTERS);
        }
        return new AlertOperations(dataSource, new Audit(true, actor));
    }

    /** For a service, which declares its routes with every start: nothing is written to {@code penstock.audit}. */
    public static AlertOperations unaudited(DataSource dataSource) {
        return new AlertOperations(dataSource, Audit.NONE);
    }

    /**
     * Alerts, the newest first.
     *
     * @param openOnly whether those that are over are left out
     * @param most 1 to 1000
     */
    public List<Alert> list(boolean openOnly, int most) {
        Checks.within("alerts", most, 1, 1_000);
        return transactions.transact("alerts", connection -> AlertStore.find(connection, openOnly, most));
    }

    /**
     * Tells nobody for a while of alerts that open meanwhile, such as during maintenance. They are stored all the same.
     *
     * @param pattern of keys, as of SQL's LIKE: {@code %/runbooks%}
     * @param begins when that is to begin, by the database's clock; now if null
     * @param lasting a second to {@link #LONGEST_SILENCE}
     */
    public void silence(
            String pattern, @Nullable Instant begins, Duration lasting, String who, @Nullable String reason) {
        Checks.ofLength("silence", pattern, 1, Limits.KEY_CHARACTERS);
        Checks.within("silence", lasting, Duration.ofSeconds(1), LONGEST_SILENCE);
        Checks.ofLength("silenced by", who, 1, Limits.KEY_CHARACTERS);
        if (reason != null) {
            Checks.ofLength("reason of the silence", reason, 1, Limits.REASON_CHARACTERS);
        }
        transactions.transact("silence of alerts", connection -> {
            AlertStore.silence(connection, pattern, begins, lasting, who, reason);
            audit.write(
                    connection,
                    "silence",
                    "alerts " + pattern,
                    Map.of(
                            "begins", begins == null ? "now" : begins.toString(),
                            "seconds", lasting.toSeconds(),
                            "reason", reason == null ? "" : reason));
            return pattern;
        });
    }

    /**
     * Makes an alert route, or changes the one of its name.
     *
     * @throws RefusedException if its queue is not there
     */
    public void route(AlertRoute route) {
        String subject = "alert route "
                + Checks.quoted(Checks.present("alert route", route).name());
        transactions.transact(subject, connection -> {
            if (!AlertStore.setRoute(connection, route)) {
                throw Checks.refused(
                        subject, "the existing queue " + Checks.quoted(route.queue()), "none of that name");
            }
            audit.write(
                    connection,
                    "alert route",
                    subject,
                    Map.of("queue", route.queue(), "type", route.type(), "pattern", route.pattern()));
            return route;
        });
    }

    /** Removes an alert route; answers false if there was none. */
    public boolean removeRoute(String name) {
        String subject = "alert route " + Checks.quoted(Checks.present("alert route", name));
        return transactions.transact(subject, connection -> {
            boolean removed = AlertStore.removeRoute(connection, name);
            if (removed) {
                audit.write(connection, "alert route removed", subject, Map.of());
            }
            return removed;
        });
    }

    /** Every alert route, by name. */
    public List<AlertRoute> routes() {
        return transactions.transact("alert routes", AlertStore::routes);
    }
}
