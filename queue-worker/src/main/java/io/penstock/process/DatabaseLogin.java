package io.penstock.process;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.penstock.configure.Section;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Which database, and as whom. */
record DatabaseLogin(
        String url, @Nullable String user, @Nullable String password) {

    private static final String FORM = "jdbc:postgresql://[^/@]+/[^?]+([?].*)?";
    private static final Duration CONNECT = Duration.ofSeconds(10);

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
        return new DatabaseLogin(
                url,
                user,
                file.map(name -> content(section, directory.resolve(name)))
                        .or(() -> password)
                        .orElse(null));
    }

    private static @Nullable String content(Section section, Path file) {
        try {
            return Files.readString(file, StandardCharsets.UTF_8).strip();
        } catch (IOException failure) {
            section.mistake("password-file", "expected a file with the password, was not to be read: " + failure);
            return null;
        }
    }

    /** A pool that opens its connections with their first use. */
    HikariDataSource pool(String name, int size) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url);
        config.setUsername(user);
        config.setPassword(password);
        config.setPoolName(name);
        config.setMaximumPoolSize(size);
        config.setMinimumIdle(0);
        config.setInitializationFailTimeout(-1);
        config.setConnectionTimeout(CONNECT.toMillis());
        config.addDataSourceProperty("ApplicationName", name);
        return new HikariDataSource(config);
    }

    /** Without the password, which has no business in a log. */
    @Override
    public String toString() {
        return "database " + url + " as " + user;
    }
}
