package io.penstock.examples.demo;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;

/**
 * The deliveries on disk: gzip files of CloudTrail records, made once per seed and user, and kept in the temporary
 * directory. A file appears under its name only when it is whole, so an interrupted run is continued by the next.
 */
final class CloudTrailFiles {

    /** Part of the directory's name: to be raised when the records change. */
    private static final int FORMAT = 1;

    private final Path directory;
    private final long seed;

    private CloudTrailFiles(Path directory, long seed) {
        this.directory = directory;
        this.seed = seed;
    }

    /** The files of this seed for this user, made now as far as they are missing. */
    static CloudTrailFiles of(long seed) throws IOException {
        String user = System.getProperty("user.name");
        Path directory = Path.of(
                System.getProperty("java.io.tmpdir"), "penstock-cloudtrail-" + user + "-v" + FORMAT + "-seed" + seed);
        if (!Files.isDirectory(directory)) {
            Files.createDirectory(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        }
        if (!Files.getOwner(directory).getName().equals(user)) {
            throw new IOException("directory \"" + directory + "\": expected to belong to " + user + ", belongs to "
                    + Files.getOwner(directory).getName() + "; remove it");
        }
        return in(directory, seed, Workload.FILES);
    }

    /** Files of this seed in a directory, as many as wanted. */
    static CloudTrailFiles in(Path directory, long seed, int count) {
        CloudTrailFiles files = new CloudTrailFiles(directory, seed);
        IntStream.range(0, count)
                .parallel()
                .filter(number -> !Files.exists(files.path(number)))
                .forEach(files::write);
        return files;
    }

    Path path(int number) {
        return directory.resolve("delivery-%03d.json.gz".formatted(number));
    }

    private void write(int number) {
        try {
            Path unfinished = Files.createTempFile(directory, "unfinished-", ".tmp");
            try (OutputStream stream =
                    new GZIPOutputStream(new BufferedOutputStream(Files.newOutputStream(unfinished), 1 << 16))) {
                new CloudTrailRecords(seed, number).write(stream, Workload.RECORDS_PER_FILE);
            }
            Files.move(unfinished, path(number), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException failure) {
            throw new UncheckedIOException(
                    "directory \"" + directory + "\": a delivery could not be written: " + failure.getMessage(),
                    failure);
        }
    }
}
