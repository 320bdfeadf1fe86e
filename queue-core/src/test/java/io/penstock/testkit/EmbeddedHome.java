package io.penstock.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Where embedded servers of one user live: a directory closed to others, since programs are unpacked into it and run from
 * there. Data goes when the JVM does, also when it is told to end while a server is just being made, of which the library
 * that starts servers takes no care.
 */
final class EmbeddedHome {

    private static final Set<PosixFilePermission> CLOSED = PosixFilePermissions.fromString("rwx------");
    private static final FileAttribute<?> CLOSED_FROM_THE_START = PosixFilePermissions.asFileAttribute(CLOSED);
    private static final int PATIENCE = 50;
    private static final int PAUSE_MILLIS = 100;

    private EmbeddedHome() {}

    static Path ofThisUser() throws IOException {
        String user = System.getProperty("user.name");
        Path home = Path.of(System.getProperty("java.io.tmpdir"), "penstock-postgresql-" + user);
        if (!Files.isDirectory(home, LinkOption.NOFOLLOW_LINKS)) {
            Files.createDirectory(home, CLOSED_FROM_THE_START);
        }
        String owner = Files.getOwner(home, LinkOption.NOFOLLOW_LINKS).getName();
        if (!owner.equals(user)) {
            throw new IOException(
                    "directory \"" + home + "\": expected to belong to " + user + ", belongs to " + owner);
        }
        Files.setPosixFilePermissions(home, CLOSED);
        return home;
    }

    /** An empty directory for data, removed when the JVM exits if it is still there. */
    static Path newData(Path home) throws IOException {
        Path data = Files.createTempDirectory(home, "data-", CLOSED_FROM_THE_START);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> remove(data), "embedded-data-removal"));
        return data;
    }

    private static void remove(Path data) {
        try {
            for (int round = 0; round < PATIENCE && Files.exists(data); round++) {
                if (!stopping(data)) {
                    delete(data);
                }
                TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
            }
        } catch (IOException | UncheckedIOException inUse) {
            System.err.println("the embedded PostgreSQL left \"" + data + "\" behind: " + inUse.getMessage());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Tells a server that runs there to stop at once, whoever is connected; answers whether there is one. */
    private static boolean stopping(Path data) throws IOException {
        Path file = data.resolve("postmaster.pid");
        if (!Files.exists(file)) {
            return false;
        }
        List<String> lines = Files.readAllLines(file);
        if (lines.isEmpty() || !lines.get(0).matches("[0-9]{1,18}")) {
            return false;
        }
        long pid = Long.parseLong(lines.get(0));
        if (ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isEmpty()) {
            return false;
        }
        new ProcessBuilder("kill", "-INT", String.valueOf(pid))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        return true;
    }

    static void delete(Path data) throws IOException {
        List<Path> content;
        try (Stream<Path> walk = Files.walk(data)) {
            content = walk.sorted(Comparator.reverseOrder()).toList();
        } catch (UncheckedIOException vanishing) {
            return; // somebody else deletes it too; looked at again
        }
        for (Path path : content) {
            try {
                Files.deleteIfExists(path);
            } catch (DirectoryNotEmptyException filling) {
                return; // a server that is being made still writes; looked at again
            }
        }
    }
}
