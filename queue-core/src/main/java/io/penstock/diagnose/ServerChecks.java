package io.penstock.diagnose;

import io.penstock.store.DoctorStore.ServerSession;
import java.util.ArrayList;
import java.util.List;

/** What the login may do, how many connections are left, and the timeouts that it finds. */
final class ServerChecks {

    /** From here on a restart of a few services at once may not find enough. */
    private static final int CROWDED_PERCENT = 80;

    private static final int FULL_PERCENT = 95;
    /** Penstock's own statements may take two seconds. */
    private static final long SHORTEST_STATEMENT_TIMEOUT = 2_000;

    private ServerChecks() {}

    static List<Finding> of(ServerSession session) {
        return List.of(roles(session), connections(session), timeouts(session));
    }

    static Finding roles(ServerSession session) {
        if (!session.rolesExist()) {
            return Finding.warn(
                    "roles",
                    "there are none: everything belongs to the login that migrated",
                    "let a login with CREATEROLE run penstock migrate on a new database, or grant rights one by one");
        }
        if (session.superuser()) {
            return Finding.warn(
                    "roles",
                    "login \"" + session.login() + "\" is a superuser",
                    "use a login of its own: GRANT penstock_worker, penstock_enqueuer or penstock_reader to it");
        }
        List<String> roles = new ArrayList<>();
        if (session.worker()) {
            roles.add("penstock_worker");
        }
        if (session.enqueuer()) {
            roles.add("penstock_enqueuer");
        }
        if (session.reader()) {
            roles.add("penstock_reader");
        }
        return roles.isEmpty()
                ? Finding.fail(
                        "roles",
                        "login \"" + session.login() + "\" is a member of none of Penstock's",
                        "GRANT penstock_worker (works and changes), penstock_enqueuer (enqueues) or penstock_reader"
                                + " (looks) TO \"" + session.login() + "\"")
                : Finding.ok("roles", String.join(", ", roles));
    }

    static Finding connections(ServerSession session) {
        boolean ofLogin = session.loginLimit() >= 0;
        int allowed =
                ofLogin ? Math.min(session.loginLimit(), session.connectionsAllowed()) : session.connectionsAllowed();
        int used = ofLogin ? session.loginConnections() : session.connectionsUsed();
        String text = used + " of " + allowed + " used" + (ofLogin ? " by this login" : "");
        String advice = "make pools smaller, put a pooler in front, or raise "
                + (ofLogin ? "the login's CONNECTION LIMIT" : "max_connections") + "; a worker takes four";
        if (used * 100L >= (long) allowed * FULL_PERCENT) {
            return Finding.fail("connections", text, advice);
        }
        return used * 100L >= (long) allowed * CROWDED_PERCENT
                ? Finding.warn("connections", text, advice)
                : Finding.ok("connections", text);
    }

    static Finding timeouts(ServerSession session) {
        String text = "statement_timeout " + session.statementTimeout() + " ms, idle_in_transaction_session_timeout "
                + session.idleTimeout() + " ms (0 is none)";
        if (session.idleTimeout() == 0) {
            return Finding.warn(
                    "timeouts",
                    text,
                    "a transaction that is left open holds back vacuum: ALTER ROLE \"" + session.login()
                            + "\" SET idle_in_transaction_session_timeout = '60s'; Penstock bounds its own");
        }
        return session.statementTimeout() > 0 && session.statementTimeout() < SHORTEST_STATEMENT_TIMEOUT
                ? Finding.warn(
                        "timeouts",
                        text,
                        "Penstock sets its own for its transactions; an enqueue inside of yours has this one")
                : Finding.ok("timeouts", text);
    }
}
