package io.penstock.diagnose;

import org.jspecify.annotations.Nullable;

/**
 * What one check found.
 *
 * @param subject what was looked at, in a word or two
 * @param advice what to do, or null where nothing has to be done
 */
public record Finding(
        Level level, String subject, String text, @Nullable String advice) {

    /** How bad it is. */
    public enum Level {
        OK,
        /** Works now, and will not always, or not well. */
        WARN,
        /** Does not work. */
        FAIL
    }

    static Finding ok(String subject, String text) {
        return new Finding(Level.OK, subject, text, null);
    }

    static Finding warn(String subject, String text, String advice) {
        return new Finding(Level.WARN, subject, text, advice);
    }

    static Finding fail(String subject, String text, String advice) {
        return new Finding(Level.FAIL, subject, text, advice);
    }
}
