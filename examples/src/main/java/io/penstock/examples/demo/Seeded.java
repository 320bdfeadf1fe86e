package io.penstock.examples.demo;

/** Numbers that depend on a seed and on what they are for, not on when or in which order they are asked for. */
final class Seeded {

    private Seeded() {}

    /** A number between the bounds, both included. */
    static int between(long seed, String purpose, long number, int minimum, int maximum) {
        long mixed = mix(seed ^ mix(purpose.hashCode() * 0x9E3779B97F4A7C15L + number));
        return minimum + Math.toIntExact(Long.remainderUnsigned(mixed, maximum - minimum + 1L));
    }

    /** The finalizer of SplitMix64 (G. Steele and others, 2014). */
    private static long mix(long value) {
        long z = value + 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
