package io.penstock.http;

import io.penstock.job.Checks;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Where may be posted to.
 *
 * @param allowedHosts in lower case, with a port where only that one is meant
 * @param allowPrivate whether addresses that are not public may be among theirs
 */
record Targets(Set<String> allowedHosts, boolean allowPrivate, Resolver resolver) {

    private static final int HTTP_PORT = 80;
    private static final int HTTPS_PORT = 443;

    /**
     * A URL with the address that was checked. The connection goes to that address: looked up again, the name might answer another
     * one, which is how a name server gets around such a check.
     */
    record Target(URI url, String host, InetAddress address) {

        /** The URL with the address in place of the name. */
        URI pinned() {
            String literal = address.getHostAddress();
            String shown = literal.contains(":") ? "[" + literal.replaceAll("%.*", "") + "]" : literal;
            String port = url.getPort() < 0 ? "" : ":" + url.getPort();
            String path = url.getRawPath().isEmpty() ? "/" : url.getRawPath();
            String query = url.getRawQuery() == null ? "" : "?" + url.getRawQuery();
            return URI.create(url.getScheme() + "://" + shown + port + path + query);
        }

        String hostHeader() {
            return url.getPort() < 0 ? host : host + ":" + url.getPort();
        }
    }

    /** What is wrong with a URL before any name is looked up. */
    Optional<String> wrong(URI url) {
        String scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
        if (!scheme.equals("http") && !scheme.equals("https")) {
            return Optional.of("expected http or https, was " + Checks.quoted(scheme));
        }
        if (url.getHost() == null || url.getRawUserInfo() != null || url.getRawFragment() != null) {
            return Optional.of("expected a host, no user and no fragment, was another URL");
        }
        String host = url.getHost().toLowerCase(Locale.ROOT);
        int port = url.getPort() >= 0 ? url.getPort() : scheme.equals("https") ? HTTPS_PORT : HTTP_PORT;
        return allowedHosts.contains(host) || allowedHosts.contains(host + ":" + port)
                ? Optional.empty()
                : Optional.of("expected a host of http.allowed-hosts, was " + Checks.quoted(host + ":" + port));
    }

    /**
     * Looks the host up, once.
     *
     * @param attempt another one of several addresses is taken each time
     */
    Target resolve(URI url, int attempt) throws RefusedTarget, UnknownHostException {
        Optional<String> wrong = wrong(url);
        if (wrong.isPresent()) {
            throw new RefusedTarget("url: " + wrong.get());
        }
        String host = url.getHost().toLowerCase(Locale.ROOT);
        InetAddress[] addresses = resolver.addresses(host.replaceAll("[\\[\\]]", ""));
        for (InetAddress address : addresses) {
            Optional<String> kind = allowPrivate ? Optional.empty() : AddressRule.notPublic(address);
            if (kind.isPresent()) {
                throw new RefusedTarget("host " + Checks.quoted(host) + ": expected public addresses, was "
                        + address.getHostAddress() + ", which is " + kind.get()
                        + "; set http.allow-private-addresses if it is meant");
            }
        }
        return new Target(url, host, addresses[Math.floorMod(attempt - 1, addresses.length)]);
    }
}
