package io.penstock.diagnose;

import io.penstock.job.Checks;
import java.time.Duration;
import java.time.Instant;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** This machine's clock, and what the driver is set to. */
final class ClientChecks {

    /** From here on, times in the log and times of the database cannot be read together. */
    private static final Duration NOTICEABLE = Duration.ofSeconds(2);

    private static final Pattern SOCKET_TIMEOUT = Pattern.compile("[?&]socketTimeout=([0-9]+)");

    private ClientChecks() {}

    /** The server's clock was read at some moment between the two. */
    static Finding clocks(Instant server, Instant before, Instant after) {
        Duration difference = server.isBefore(before)
                ? Duration.between(server, before)
                : server.isAfter(after) ? Duration.between(after, server) : Duration.ZERO;
        String text = "this machine and the server differ by " + (difference.isZero() ? "less than " : "at least ")
                + (difference.isZero() ? Duration.between(before, after) : difference).toMillis() + " ms";
        return difference.compareTo(NOTICEABLE) > 0
                ? Finding.warn(
                        "clocks",
                        text,
                        "let both follow one time server; what is due is decided by the server's, ids are made by"
                                + " this one's")
                : Finding.ok("clocks", text);
    }

    static Finding driver(String url) {
        Matcher timeout = SOCKET_TIMEOUT.matcher(url);
        if (!timeout.find() || Long.parseLong(Checks.present("socketTimeout", timeout.group(1))) == 0) {
            return Finding.warn(
                    "driver",
                    "socketTimeout is not set",
                    "add socketTimeout=30 to the URL: without it your own statements wait for ever for a server that was"
                            + " cut off; Penstock bounds its own");
        }
        return Finding.ok("driver", "socketTimeout " + timeout.group(1) + " s");
    }
}
