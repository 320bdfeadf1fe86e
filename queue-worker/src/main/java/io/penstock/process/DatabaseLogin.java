package io.penstock.process;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.util.Credentials;
import io.penstock.configure.Section;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Which database, and as whom.
 *
 * @param password asked for with each connection that is opened; null inside is none
 */
record DatabaseLogin(String url, @Nullable String user, Supplier<@Nullable String> password) {

    private static final String FORM = "jdbc:postgresql://[^/@]+/[^?]+([?].*)?";
    /** How long a connection is waited for; the pool then begins anew, without the pauses that it has come to make. */
    private static final Duration CONNECT = Duration.ofSeconds(5);

    /** How long the driver waits for the server where the URL says nothing else: the network's limit of a transaction. */
    private static final Duration SILENCE = Duration.ofSeconds(8);

    static DatabaseLogin read(Section section, Path directory) {
        String url = section.text("url").orElse("");
        if (url.isEmpty()) {
            section.mistake("url", "expected jdbc:postgresql://host:port/database, was not set");
        } else if (!url.matches(FORM) || url.matches(".*[?&](password|sslpassword)=.*")) {
            section.mistake(
                    "url",
                    "expected jdbc:postgresql://host:port/database, was something else or has a password in it; user and"
                            + " password have keys of their own");
        }
        String user = section.text("user").orElse(null);
        Optional<String> file = section.text("password-file");
        Optional<String> password = section.secret("password");
        if (file.isPresent() && password.isPresent()) {
            section.mistake("password-file", "expected one of password and password-file, was both");
        }
        String known = password.orElse(null);
        return new DatabaseLogin(
                url,
                user,
                file.map(name -> ofFile(section, directory.resolve(name))).orElse(() -> known));
    }

    private static Supplier<@Nullable String> ofFile(Section section, Path file) {
        try {
            return new PasswordFile(file)::password;
        } catch (IOException failure) {
            section.mistake("password-file", "expected a file with the password, was not to be read: " + failure);
            return () -> null;
        }
    }

    /** A pool that opens its connections with their first use. */
    HikariDataSource pool(String name, int size) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url);
        config.setCredentialsProvider(() -> new Credentials(user, password.get()));
        config.setPoolName(name);
        config.setMaximumPoolSize(size);
        config.setMinimumIdle(0);
        config.setInitializationFailTimeout(-1);
        config.setConnectionTimeout(CONNECT.toMillis());
        config.addDataSourceProperty("ApplicationName", name);
        config.addDataSourceProperty("connectTimeout", String.valueOf(CONNECT.toSeconds()));
        config.addDataSourceProperty("socketTimeout", String.valueOf(SILENCE.toSeconds()));
        config.addDataSourceProperty("tcpKeepAlive", "true");
        return new HikariDataSource(config);
    }

    /** Without the password, which has no business in a log. */
    @Override
    public String toString() {
        return "database " + url + " as " + user;
    }
}
