package io.penstock.testkit;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A server that somebody else runs. Its login must be allowed to create databases. */
record ExistingServer(
        String prefix,
        String maintenanceDatabase,
        String suffix,
        String user,
        @Nullable String password) implements DatabaseServer {

    private static final Pattern URL = Pattern.compile("(jdbc:postgresql://[^/]+/)([^?]+)(\\?.*)?");

    static ExistingServer of(String url, @Nullable String user, @Nullable String password) {
        Matcher matcher = URL.matcher(url);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "PENSTOCK_DATABASE_URL: expected jdbc:postgresql://host:port/database, was \"" + url + "\"");
        }
        String suffix = matcher.group(3);
        return new ExistingServer(
                matcher.group(1),
                matcher.group(2),
                suffix == null ? "" : suffix,
                user == null ? System.getProperty("user.name") : user,
                password);
    }

    @Override
    public String url(String database) {
        return prefix + database + suffix;
    }

    @Override
    public void close() {}
}
