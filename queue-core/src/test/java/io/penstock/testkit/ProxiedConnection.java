package io.penstock.testkit;

import io.penstock.testkit.TcpProxy.Cut;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.net.InetSocketAddress;
import java.net.Socket;

/** One client's connection through a {@link TcpProxy}: a thread for each way. */
final class ProxiedConnection {

    private static final int READY_FOR_QUERY = 'Z';
    private static final int SYNC = 'S';
    private static final int SIMPLE_QUERY = 'Q';

    private final TcpProxy proxy;
    private final Socket client;
    private final Socket server;
    /** Once set, what the server answers is for nobody, and the answer's end is the connection's. */
    private volatile boolean unheard;

    private volatile boolean listens;

    ProxiedConnection(TcpProxy proxy, Socket client, InetSocketAddress address) throws IOException {
        this.proxy = proxy;
        this.client = client;
        this.server = new Socket();
        client.setTcpNoDelay(true);
        server.setTcpNoDelay(true);
        try {
            server.connect(address);
        } catch (IOException away) {
            client.close();
        }
    }

    void start() {
        daemon("tcp-proxy-to-server", () -> pump(this::toServer));
        daemon("tcp-proxy-to-client", () -> pump(this::toClient));
    }

    private interface Way {
        void run() throws IOException, InterruptedException;
    }

    private void pump(Way way) {
        try {
            way.run();
        } catch (IOException closed) {
            // by either end, or by this one
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } finally {
            close();
        }
    }

    private void toServer() throws IOException, InterruptedException {
        FrontendStream stream = new FrontendStream(new BufferedInputStream(client.getInputStream()));
        OutputStream out = server.getOutputStream();
        Cut cut = null;
        boolean alone = true;
        for (byte[] message = stream.next(); message != null; message = stream.next()) {
            listens |= stream.ran("LISTEN ");
            proxy.pass(true, listens, alone);
            alone = !stream.ready();
            if (cut == null && stream.commit()) {
                cut = proxy.cutFor(stream);
                unheard = cut == Cut.AFTER_COMMIT;
            }
            if (cut == Cut.BEFORE_COMMIT) {
                return;
            }
            out.write(message);
            if (cut == Cut.DURING_COMMIT && (message[0] == SYNC || message[0] == SIMPLE_QUERY)) {
                return;
            }
        }
    }

    private void toClient() throws IOException, InterruptedException {
        InputStream in = server.getInputStream();
        OutputStream out = client.getOutputStream();
        byte[] buffer = new byte[1 << 16];
        while (true) {
            int read = in.read(buffer);
            if (read < 0) {
                return;
            }
            if (unheard) {
                awaitAnswer(buffer, read, in);
                return;
            }
            proxy.pass(false, listens, true);
            out.write(buffer, 0, read);
        }
    }

    /** Nothing was under way when the COMMIT was sent, so what comes now begins with a message's type. */
    private static void awaitAnswer(byte[] begun, int length, InputStream in) throws IOException {
        DataInputStream answer =
                new DataInputStream(new SequenceInputStream(new ByteArrayInputStream(begun, 0, length), in));
        while (answer.readByte() != READY_FOR_QUERY) {
            answer.skipNBytes(answer.readInt() - 4L);
        }
    }

    void close() {
        closeQuietly(client);
        closeQuietly(server);
        proxy.ended(this);
    }

    void reset() {
        reset(client);
        close();
    }

    static void reset(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
        } catch (IOException closed) {
            // then there is nothing to reset
        }
        closeQuietly(socket);
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException failure) {
            // it is of no more use either way
        }
    }

    static void daemon(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }
}
