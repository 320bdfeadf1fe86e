package io.penstock.exec;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** Reads a stream to its end and keeps the last of it, where programs say what went wrong. Safe for use by many threads. */
final class LastBytes {

    private final byte[] kept;
    private long total;

    LastBytes(int most) {
        this.kept = new byte[most];
    }

    /** Reads until the last process that holds the other end has let go of it. */
    void read(InputStream stream) throws IOException {
        byte[] buffer = new byte[8_192];
        for (int read = stream.read(buffer); read >= 0; read = stream.read(buffer)) {
            keep(buffer, read);
        }
    }

    private synchronized void keep(byte[] bytes, int length) {
        for (int index = Math.max(0, length - kept.length); index < length; index++) {
            kept[(int) ((total + index) % kept.length)] = bytes[index];
        }
        total += length;
    }

    synchronized String text() {
        int length = (int) Math.min(total, kept.length);
        byte[] last = new byte[length];
        for (int index = 0; index < length; index++) {
            last[index] = kept[(int) ((total - length + index) % kept.length)];
        }
        String text = new String(last, StandardCharsets.UTF_8);
        return total > length ? "(" + (total - length) + " bytes before) " + text : text;
    }
}
