package io.penstock.testkit;

import java.time.Duration;
import java.util.Locale;

/**
 * How long it took until all was well again, printed beside its bound. The bound is what the design gives; it fails the test only
 * with what a machine that has other things to do may add.
 */
public final class Recovery {

    private static final Duration MACHINE = Duration.ofSeconds(10);

    private final String fault;
    private final Duration bound;
    private final long since = System.nanoTime();

    private Recovery(String fault, Duration bound) {
        this.fault = fault;
        this.bound = bound;
    }

    /**
     * Counts from now: the fault has struck, or is over.
     *
     * @param fault its number, and more where there are several kinds of it
     */
    public static Recovery from(String fault, Duration bound) {
        return new Recovery(fault, bound);
    }

    /** All is well again. */
    public void ended() {
        check(fault + " recovered in", Duration.ofNanos(System.nanoTime() - since), bound);
    }

    /** Something else that is bounded, such as how long others had to wait meanwhile. */
    public static void measured(String fault, String what, Duration measured, Duration bound) {
        check(fault + " " + what, measured, bound);
    }

    private static void check(String what, Duration measured, Duration bound) {
        System.out.println(
                String.format(Locale.ROOT, "%s %,d ms, bound %,d ms", what, measured.toMillis(), bound.toMillis()));
        if (measured.compareTo(bound.plus(MACHINE)) > 0) {
            throw new AssertionError(what + " " + measured.toMillis() + " ms: expected at most " + bound.toMillis()
                    + " ms, and " + MACHINE.toMillis() + " ms for a busy machine");
        }
    }
}
