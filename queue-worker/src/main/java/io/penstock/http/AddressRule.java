package io.penstock.http;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Optional;

/**
 * Which addresses are public. The others are this machine's or its neighbours', where a service trusts whoever asks: what a job
 * could reach there is not its enqueuer's to reach.
 */
final class AddressRule {

    private AddressRule() {}

    /** What kind of address it is if it is not public. */
    static Optional<String> notPublic(InetAddress address) {
        if (address.isAnyLocalAddress()) {
            return Optional.of("unspecified");
        } else if (address.isLoopbackAddress()) {
            return Optional.of("loopback");
        } else if (address.isLinkLocalAddress()) {
            return Optional.of("link-local");
        } else if (address.isMulticastAddress()) {
            return Optional.of("multicast");
        } else if (address.isSiteLocalAddress()) {
            return Optional.of("private");
        }
        return address instanceof Inet4Address ? reserved(address.getAddress()) : inside(address.getAddress());
    }

    private static Optional<String> reserved(byte[] bytes) {
        int first = bytes[0] & 0xff;
        int second = bytes[1] & 0xff;
        if (first == 100 && (second & 0xc0) == 64) {
            return Optional.of("shared by a carrier's customers");
        }
        boolean reserved = first == 0
                || first >= 240
                || (first == 192 && second == 0 && bytes[2] == 0)
                || (first == 198 && (second & 0xfe) == 18);
        return reserved ? Optional.of("reserved") : Optional.empty();
    }

    /** An IPv6 address that is a private one, or carries an IPv4 address: then what counts is that one. */
    private static Optional<String> inside(byte[] bytes) {
        if ((bytes[0] & 0xfe) == 0xfc) {
            return Optional.of("unique-local");
        }
        boolean zeros = zero(bytes, 0, 10);
        boolean mapped = zeros && bytes[10] == -1 && bytes[11] == -1;
        boolean compatible = zeros && bytes[10] == 0 && bytes[11] == 0;
        boolean translated =
                bytes[0] == 0 && (bytes[1] & 0xff) == 0x64 && (bytes[2] & 0xff) == 0xff && (bytes[3] & 0xff) == 0x9b;
        boolean sixToFour = bytes[0] == 0x20 && bytes[1] == 0x02;
        if (mapped || compatible || translated) {
            return carried(Arrays.copyOfRange(bytes, 12, 16));
        }
        return sixToFour ? carried(Arrays.copyOfRange(bytes, 2, 6)) : Optional.empty();
    }

    private static Optional<String> carried(byte[] bytes) {
        try {
            return notPublic(InetAddress.getByAddress(bytes)).map(kind -> kind + ", inside an IPv6 one");
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException("four bytes are an address", impossible);
        }
    }

    private static boolean zero(byte[] bytes, int from, int to) {
        for (int index = from; index < to; index++) {
            if (bytes[index] != 0) {
                return false;
            }
        }
        return true;
    }
}
