package io.penstock.job;

import io.penstock.error.RefusedException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Argument checks that speak in one form: field, what was expected, what was found. */
public final class Checks {

    private Checks() {}

    public static <T> T present(String field, @Nullable T value) {
        if (value == null) {
            throw refused(field, "a value", "null");
        }
        return value;
    }

    public static String matching(String field, @Nullable String value, String pattern, String expected) {
        String text = present(field, value);
        if (!text.matches(pattern)) {
            throw refused(field, expected, quoted(text));
        }
        return text;
    }

    public static String ofLength(String field, @Nullable String value, int minimum, int maximum) {
        String text = present(field, value);
        if (text.length() < minimum || text.length() > maximum) {
            throw refused(field, minimum + " to " + maximum + " characters", text.length() + " characters");
        }
        return storable(field, text);
    }

    /** Refuses what PostgreSQL cannot store as text: NUL, and a surrogate without its partner. */
    public static String storable(String field, String text) {
        for (int index = 0; index < text.length(); index++) {
            char character = text.charAt(index);
            if (character == 0) {
                throw refused(field, "text without NUL", "NUL at character " + index);
            }
            if (Character.isSurrogate(character)) {
                boolean paired = Character.isHighSurrogate(character)
                        && index + 1 < text.length()
                        && Character.isLowSurrogate(text.charAt(index + 1));
                if (!paired) {
                    throw refused(field, "well-formed Unicode", "a lone surrogate at character " + index);
                }
                index++;
            }
        }
        return text;
    }

    public static int within(String field, int value, int minimum, int maximum) {
        if (value < minimum || value > maximum) {
            throw refused(field, minimum + " to " + maximum, String.valueOf(value));
        }
        return value;
    }

    public static Duration within(String field, @Nullable Duration value, Duration minimum, Duration maximum) {
        Duration duration = present(field, value);
        if (duration.compareTo(minimum) < 0 || duration.compareTo(maximum) > 0) {
            throw refused(field, minimum + " to " + maximum, duration.toString());
        }
        return duration;
    }

    public static RefusedException refused(String field, String expected, String found) {
        return new RefusedException(field + ": expected " + expected + ", was " + found);
    }

    public static String quoted(String text) {
        String shown = text.length() <= 100 ? text : text.substring(0, 100) + "…";
        return "\"" + shown.replace("\n", "\\n").replace("\r", "\\r") + "\"";
    }
}
