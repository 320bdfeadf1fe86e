package io.penstock.testkit;

import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;

/** What a test needs of the machine that no build tool brings. */
public final class Installed {

    private Installed() {}

    /**
     * Answers where it is. Without it the test is skipped, and says so; it fails where {@code PENSTOCK_TEST_COMPLETE} is set in the
     * environment, so that nothing is skipped unseen.
     */
    public static Path orSkip(Optional<Path> found, String what, String debianPackage) {
        String reason = what + ": expected to be installed, was not found; install the package " + debianPackage;
        if (found.isEmpty() && System.getenv("PENSTOCK_TEST_COMPLETE") != null) {
            throw new AssertionError(reason);
        }
        if (found.isEmpty()) {
            System.out.println("skipped: " + reason);
        }
        Assumptions.assumeTrue(found.isPresent(), reason);
        return found.orElseThrow();
    }
}
