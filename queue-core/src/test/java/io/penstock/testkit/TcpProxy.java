package io.penstock.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * A network between a client and PostgreSQL that fails as networks do: it refuses, resets, swallows, is slow, or is cut
 * around one chosen COMMIT. Safe for use by many threads.
 */
public final class TcpProxy implements AutoCloseable {

    /** How the network behaves. */
    public enum Mode {
        PASS,
        /** Nobody listens; connections that are open stay. */
        REFUSE,
        /** Every connection, open or new, is reset. */
        RESET,
        /** Connections are accepted, and nothing passes either way as long as this lasts. */
        BLACK_HOLE,
        /** What clients send arrives, and nothing of what they are sent. */
        DEAF,
        /** The same, for those connections only that listen for notifications. */
        DEAF_LISTENERS
    }

    /** Where a connection is cut. */
    public enum Cut {
        /** Before the server hears of the COMMIT. */
        BEFORE_COMMIT,
        /** As soon as the COMMIT is on its way: nobody waits for what the server makes of it. */
        DURING_COMMIT,
        /** When the server has answered the COMMIT, before the client hears of it. */
        AFTER_COMMIT
    }

    private record Order(String statement, Cut cut) {}

    private final InetSocketAddress server;
    private final InetSocketAddress address;
    private final Set<ProxiedConnection> open = ConcurrentHashMap.newKeySet();
    private final Deque<Order> orders = new ArrayDeque<>();
    private @Nullable ServerSocket listener;
    private Mode mode = Mode.PASS;
    private Duration delay = Duration.ZERO;
    private boolean refuseAfterCut;

    private TcpProxy(InetSocketAddress server) throws IOException {
        this.server = server;
        this.address = listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    /** A proxy before the server of a data source of the test kit. */
    public static TcpProxy before(DataSource dataSource) {
        try {
            PGSimpleDataSource real = dataSource.unwrap(PGSimpleDataSource.class);
            return new TcpProxy(new InetSocketAddress(real.getServerNames()[0], real.getPortNumbers()[0]));
        } catch (SQLException | IOException failure) {
            throw new IllegalStateException("no proxy for the data source", failure);
        }
    }

    /** The data source's database, login and settings, through the proxy. */
    public DataSource dataSource(DataSource dataSource) {
        try {
            PGSimpleDataSource real = dataSource.unwrap(PGSimpleDataSource.class);
            PGSimpleDataSource proxied = new PGSimpleDataSource();
            proxied.setServerNames(new String[] {address.getHostString()});
            proxied.setPortNumbers(new int[] {address.getPort()});
            proxied.setDatabaseName(real.getDatabaseName());
            proxied.setUser(real.getUser());
            proxied.setPassword(real.getPassword());
            proxied.setApplicationName(real.getApplicationName());
            proxied.setSslMode("disable"); // the proxy reads what passes
            return proxied;
        } catch (SQLException failure) {
            throw new IllegalStateException("no data source through the proxy", failure);
        }
    }

    /** From now on, and for the connections that are open too. */
    public synchronized void mode(Mode wanted) throws IOException {
        mode = wanted;
        if (wanted == Mode.REFUSE) {
            closeListener();
        } else if (listener == null) {
            listen(address);
        }
        if (wanted == Mode.RESET) {
            open.forEach(ProxiedConnection::reset);
        }
        notifyAll();
    }

    /** How long data is held up each way; what is sent together is held up together. */
    public synchronized void delay(Duration eachWay) {
        delay = eachWay;
    }

    /** Cuts the next transactions that commit after a statement with this text, one each. */
    public synchronized void cut(String statement, Cut... cuts) {
        List.of(cuts).forEach(cut -> orders.add(new Order(statement, cut)));
    }

    /** Refuses everybody from the next cut on. */
    public synchronized void refuseAfterCut() {
        refuseAfterCut = true;
    }

    /** Whether all cuts that were ordered have happened. */
    public synchronized boolean allCut() {
        return orders.isEmpty();
    }

    /** Ends every open connection. */
    public void cutAll() {
        open.forEach(ProxiedConnection::close);
    }

    /** The cut that is ordered for the transaction whose COMMIT was just read. */
    synchronized @Nullable Cut cutFor(FrontendStream stream) throws IOException {
        Order order = orders.peek();
        if (order == null || !stream.ran(order.statement())) {
            return null;
        }
        orders.remove();
        if (refuseAfterCut) {
            mode(Mode.REFUSE);
        }
        return order.cut();
    }

    /** Returns when the network lets data through to the server, or else to the client; after the delay if it comes alone. */
    void pass(boolean toServer, boolean listens, boolean alone) throws InterruptedException {
        long nanos;
        synchronized (this) {
            while (holdsUp(toServer, listens)) {
                wait();
            }
            nanos = alone ? delay.toNanos() : 0;
        }
        if (nanos > 0) {
            TimeUnit.NANOSECONDS.sleep(nanos);
        }
    }

    private boolean holdsUp(boolean toServer, boolean listens) {
        return switch (mode) {
            case BLACK_HOLE -> true;
            case DEAF -> !toServer;
            case DEAF_LISTENERS -> !toServer && listens;
            default -> false;
        };
    }

    void ended(ProxiedConnection connection) {
        open.remove(connection);
    }

    private synchronized Mode mode() {
        return mode;
    }

    private InetSocketAddress listen(InetSocketAddress where) throws IOException {
        ServerSocket socket = new ServerSocket();
        socket.setReuseAddress(true);
        socket.bind(where);
        listener = socket;
        ProxiedConnection.daemon("tcp-proxy-listener", () -> accept(socket));
        return (InetSocketAddress) socket.getLocalSocketAddress();
    }

    private void accept(ServerSocket socket) {
        try {
            while (true) {
                Socket client = socket.accept();
                if (mode() == Mode.RESET || mode() == Mode.REFUSE) { // one may slip in while the listener closes
                    ProxiedConnection.reset(client);
                } else {
                    ProxiedConnection connection = new ProxiedConnection(this, client, server);
                    open.add(connection);
                    connection.start();
                }
            }
        } catch (IOException closed) {
            // refuses from now on
        }
    }

    private void closeListener() throws IOException {
        if (listener != null) {
            listener.close();
            listener = null;
        }
    }

    @Override
    public synchronized void close() {
        try {
            mode = Mode.PASS;
            notifyAll();
            closeListener();
            cutAll();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
