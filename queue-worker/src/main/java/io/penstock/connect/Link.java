package io.penstock.connect;

import io.penstock.database.PipelinedWork;
import io.penstock.database.ServerIdentity;
import io.penstock.database.Session;
import io.penstock.database.SqlFailure;
import io.penstock.database.Work;
import io.penstock.observe.Events;
import io.penstock.observe.WorkerEvent.DatabaseBack;
import io.penstock.observe.WorkerEvent.DatabaseLost;
import io.penstock.transaction.TransactionLimits;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * One connection of the worker, opened again when it is lost. Losing it and having it back are told once each, however
 * often it is tried in between; a server that is there and refuses the login is told as well. For use by one thread.
 */
public final class Link implements AutoCloseable {

    private final String part;
    private final DataSource dataSource;
    private final Events events;
    private final TransactionLimits limits;
    private final Turns turns;
    private final Backoff backoff = new Backoff();
    private @Nullable Session session;
    private @Nullable ServerIdentity server;
    private int opened;
    private long openedAt;
    private boolean lost;
    private boolean refused;

    /**
     * A link that opens with its first use.
     *
     * @param part which part of the worker it serves, for the log
     */
    public Link(String part, DataSource dataSource, Events events) {
        this(part, dataSource, events, TransactionLimits.DEFAULT, new Turns());
    }

    /** The same, with limits of its own, taking turns with others. */
    public Link(String part, DataSource dataSource, Events events, TransactionLimits limits, Turns turns) {
        this.part = part;
        this.dataSource = dataSource;
        this.events = events;
        this.limits = limits;
        this.turns = turns;
    }

    /** Runs the work in a bounded transaction, on a connection opened if need be. */
    public <T> T inTransaction(Work<T> work) throws SQLException {
        return well(open().inTransaction(work));
    }

    /** As {@link #inTransaction(Work)}, with the limits in one round trip with the work's first statements. */
    public <T> T inTransaction(PipelinedWork<T> work) throws SQLException {
        return well(open().inTransaction(work));
    }

    /** Runs work that must not be in a transaction, each statement for itself. */
    public <T> T outsideTransaction(Work<T> work) throws SQLException {
        return well(open().outsideTransaction(work));
    }

    private <T> T well(T result) {
        if (lost) {
            lost = false;
            refused = false;
            events.tell(new DatabaseBack(part));
        }
        backoff.reset();
        return result;
    }

    /** The connection, for what cannot be done inside a transaction. */
    public Connection connection() throws SQLException {
        return open().connection();
    }

    /** How many connections were opened so far: a new number means that nothing of the old one's session stands. */
    public int opened() throws SQLException {
        open();
        return opened;
    }

    /** When the connection was opened, or a moment later, by this process's monotonic clock. */
    public long openedAt() throws SQLException {
        open();
        return openedAt;
    }

    /** The server that the connection leads to. */
    public ServerIdentity server() throws SQLException {
        open();
        if (server == null) {
            throw new IllegalStateException("an open link knows its server");
        }
        return server;
    }

    /**
     * Takes note of a failure: the connection is dropped if it is of no more use.
     *
     * @return how long to wait before the next try
     */
    public Duration failed(SQLException failure) {
        if (failure instanceof NotYet) {
            return Turns.ASK_AGAIN;
        }
        Session used = session;
        boolean gone = used == null || used.broken() || SqlFailure.connectionLost(failure);
        if (gone) {
            close();
            turns.lost(System.nanoTime());
            boolean refusedNow = SqlFailure.loginRefused(failure);
            if (!lost || refusedNow && !refused) {
                lost = true;
                refused = refusedNow;
                events.tell(new DatabaseLost(part, SqlFailure.describe(failure)));
            }
        }
        return used == null ? Turns.ASK_AGAIN : backoff.next();
    }

    private Session open() throws SQLException {
        if (session == null) {
            if (!turns.take(System.nanoTime())) {
                throw new NotYet();
            }
            Session fresh = Session.open(dataSource, limits);
            try {
                server = fresh.inTransaction(ServerIdentity::read);
            } catch (SQLException failure) {
                fresh.close();
                throw failure;
            }
            turns.reached();
            session = fresh;
            opened++;
            openedAt = System.nanoTime();
        }
        return session;
    }

    /** Nothing was tried. */
    private static final class NotYet extends SQLException {

        private static final long serialVersionUID = 1L;

        NotYet() {
            super("the server was away a moment ago and another connection is tried first", "08001");
        }
    }

    @Override
    public void close() {
        if (session != null) {
            session.close();
            session = null;
        }
    }
}
