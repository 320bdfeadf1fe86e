package io.penstock.objective;

import java.time.Duration;
import java.util.Locale;

/** Spans of time in words, of two digits or so: {@code 250 ms}, {@code 5 s}, {@code 90 min}, {@code 26 h}, {@code 10 d}. */
public final class Spans {

    private Spans() {}

    public static String words(Duration span) {
        return words(span.toMillis() / 1e3);
    }

    /** The same of seconds; {@code never} if they are infinite. */
    public static String words(double seconds) {
        if (Double.isInfinite(seconds)) {
            return "never";
        }
        if (seconds < 0.9995) {
            return Math.round(seconds * 1e3) + " ms";
        }
        if (seconds < 100) {
            return number(seconds) + " s";
        }
        if (seconds < 6_000) {
            return number(seconds / 60) + " min";
        }
        if (seconds < 48 * 3_600) {
            return number(seconds / 3_600) + " h";
        }
        return number(seconds / 86_400) + " d";
    }

    private static String number(double value) {
        double rounded = value < 10 ? Math.round(value * 10) / 10.0 : Math.round(value);
        return rounded == Math.rint(rounded)
                ? String.valueOf((long) rounded)
                : String.format(Locale.ROOT, "%.1f", rounded);
    }
}
