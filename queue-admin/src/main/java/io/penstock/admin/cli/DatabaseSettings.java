package io.penstock.admin.cli;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.penstock.error.RefusedException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which database a command works on, from the environment. */
public record DatabaseSettings(
        String url, @Nullable String user, @Nullable String password) {

    public static final String URL = "PENSTOCK_DATABASE_URL";
    private static final String FORM = "jdbc:postgresql://[^/]+/[^?]+([?].*)?";

    /**
     * What the environment names.
     *
     * @throws RefusedException if it names none, or not in the form expected
     */
    public static DatabaseSettings from(Map<String, String> environment) {
        String url = environment.get(URL);
        if (url == null || url.isBlank()) {
            throw new RefusedException(URL + ": expected jdbc:postgresql://host:port/database, was not set; set it, and"
                    + " PENSTOCK_DATABASE_USER and PENSTOCK_DATABASE_PASSWORD");
        }
        if (!url.matches(FORM)) {
            throw new RefusedException(URL + ": expected jdbc:postgresql://host:port/database, was \"" + url
                    + "\"; the user and the password have variables of their own");
        }
        return new DatabaseSettings(
                url, environment.get("PENSTOCK_DATABASE_USER"), environment.get("PENSTOCK_DATABASE_PASSWORD"));
    }

    /** A small pool, opened with its first use. */
    public HikariDataSource pool(String name, int size) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url);
        config.setUsername(user);
        config.setPassword(password);
        config.setPoolName(name);
        config.setMaximumPoolSize(size);
        config.setMinimumIdle(0);
        config.setInitializationFailTimeout(-1);
        config.setConnectionTimeout(10_000);
        config.addDataSourceProperty("ApplicationName", name);
        return new HikariDataSource(config);
    }
}
