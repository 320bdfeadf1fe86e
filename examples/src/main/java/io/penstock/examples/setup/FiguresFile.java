package io.penstock.examples.setup;

import io.penstock.error.RefusedException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The file of {@code --json}, looked at before a long run and not after it. */
public final class FiguresFile {

    private FiguresFile() {}

    /**
     * Checks that there can be such a file.
     *
     * @param file none if no file is wanted
     * @throws RefusedException if its directory is missing or may not be written to
     */
    public static void check(@Nullable Path file) {
        Path parent = file == null ? null : file.toAbsolutePath().getParent();
        if (parent != null && !Files.isWritable(parent)) {
            throw new RefusedException("--json: expected a file in a directory that may be written to, was \"" + file
                    + "\"; make the directory first");
        }
    }
}
