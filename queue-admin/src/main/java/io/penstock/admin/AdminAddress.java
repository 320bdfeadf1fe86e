package io.penstock.admin;

import io.penstock.error.RefusedException;
import io.penstock.job.Checks;
import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * Where the endpoint listens. It knows no users, so it is reachable from its own machine only.
 *
 * @param host a loopback address, or a name of one
 * @param port 0 for any that is free
 */
public record AdminAddress(String host, int port) {

    public static final int DEFAULT_PORT = 8321;

    public AdminAddress {
        Checks.within("admin port", port, 0, 65_535);
        Checks.ofLength("admin host", host, 1, 255);
        if (!loopback(host)) {
            throw new RefusedException("admin host: expected a loopback address such as 127.0.0.1, was "
                    + Checks.quoted(host)
                    + "; the endpoint knows no users, so put a proxy that does in front of it");
        }
    }

    /** The loopback, on the usual port. */
    public static AdminAddress loopback() {
        return new AdminAddress("127.0.0.1", DEFAULT_PORT);
    }

    private static boolean loopback(String host) {
        try {
            for (InetAddress address : InetAddress.getAllByName(host)) {
                if (!address.isLoopbackAddress()) {
                    return false;
                }
            }
            return true;
        } catch (UnknownHostException unknown) {
            throw new RefusedException(
                    "admin host: expected a loopback address such as 127.0.0.1, was the unknown " + Checks.quoted(host),
                    unknown);
        }
    }
}
