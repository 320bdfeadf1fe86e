package io.penstock.testkit;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a client of PostgreSQL sends, message by message: enough of the protocol (version 3, without TLS) to know which
 * statements a transaction has run, and which message is its COMMIT.
 */
final class FrontendStream {

    private static final int PROTOCOL_3 = 3 << 16;

    private final DataInputStream in;
    private final Map<String, String> prepared = new HashMap<>();
    private final List<String> transaction = new ArrayList<>();
    private boolean started;
    private boolean commit;

    FrontendStream(InputStream in) {
        this.in = new DataInputStream(in);
    }

    /** The next message as it is on the wire; null at the end. */
    byte @Nullable [] next() throws IOException {
        int type = started ? in.read() : 0;
        if (type < 0) {
            return null;
        }
        int length = in.readInt();
        int head = started ? 5 : 4;
        byte[] message = new byte[length - 4 + head];
        ByteBuffer buffer = ByteBuffer.wrap(message);
        if (started) {
            buffer.put((byte) type);
        }
        buffer.putInt(length);
        in.readFully(message, head, length - 4);
        if (started) {
            read((char) type, buffer);
        } else {
            started = buffer.getInt() == PROTOCOL_3; // anything else asks for encryption, or for a cancellation
        }
        return message;
    }

    /** Whether more has been sent already. */
    boolean ready() throws IOException {
        return in.available() > 0;
    }

    /** Whether the message just read runs a COMMIT. */
    boolean commit() {
        return commit;
    }

    /** Whether the transaction under way, or the one that the COMMIT just read ends, ran a statement with this text. */
    boolean ran(String text) {
        return transaction.stream().anyMatch(statement -> statement.contains(text));
    }

    private void read(char type, ByteBuffer body) {
        if (commit && type != 'E' && type != 'D' && type != 'S') {
            transaction.clear();
            commit = false;
        }
        switch (type) {
            case 'Q' -> run(text(body));
            case 'P' -> prepared.put(text(body), text(body));
            case 'B' -> {
                text(body); // the portal's name
                run(prepared.getOrDefault(text(body), ""));
            }
            default -> {}
        }
    }

    private void run(String statement) {
        String verb = statement.strip().toUpperCase(Locale.ROOT);
        if (verb.equals("BEGIN") || verb.equals("ROLLBACK")) {
            transaction.clear();
        }
        transaction.add(statement);
        commit = verb.equals("COMMIT");
    }

    private static String text(ByteBuffer body) {
        int start = body.position();
        while (body.get() != 0) {
            // strings end with a zero
        }
        return new String(body.array(), start, body.position() - start - 1, StandardCharsets.UTF_8);
    }
}
