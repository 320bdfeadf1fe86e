package io.penstock.examples.demo;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;

/** How figures are written. */
final class Figures {

    private Figures() {}

    /** Milliseconds, in seconds once there are many. */
    static String milliseconds(double value) {
        return value < 10_000
                ? String.format(Locale.ROOT, "%.0f ms", value)
                : String.format(Locale.ROOT, "%.1f s", value / 1_000);
    }

    static String ratio(double value) {
        return String.format(Locale.ROOT, value < 10 ? "%.1f x" : "%.0f x", value);
    }

    static String percent(double part) {
        return String.format(Locale.ROOT, "%.0f %%", part * 100);
    }

    static double rounded(double value, int digits) {
        return BigDecimal.valueOf(value).setScale(digits, RoundingMode.HALF_UP).doubleValue();
    }
}
