package io.penstock.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A password that is read from its file anew for every connection that is opened, so that one that was rotated needs no restart.
 * While the file cannot be read the last one is used: it may still be good. Safe for use by many threads.
 */
final class PasswordFile {

    private static final Logger log = LoggerFactory.getLogger(PasswordFile.class);

    private final Path file;
    private String last;
    private boolean readable = true;

    PasswordFile(Path file) throws IOException {
        this.file = file;
        this.last = content();
    }

    synchronized String password() {
        try {
            String now = content();
            if (!now.equals(last)) {
                log.info("database.password-file \"{}\" has another password, new connections use it", file);
            }
            last = now;
            readable = true;
        } catch (IOException failure) {
            if (readable) {
                log.warn(
                        "database.password-file \"{}\": expected a file with the password, is not to be read; the last one that"
                                + " was read is used: {}",
                        file,
                        failure.toString());
            }
            readable = false;
        }
        return last;
    }

    private String content() throws IOException {
        return Files.readString(file, StandardCharsets.UTF_8).strip();
    }
}
