package io.penstock.operate;

import io.penstock.error.RefusedException;
import io.penstock.job.Checks;
import io.penstock.job.JobFilter;
import io.penstock.job.JobState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads a filter as people write it: {@code type=mail|sms, state=discarded, error~timeout, age>1h}.
 *
 * <pre>
 * filter    = condition { "," condition }
 * condition = ("queue" | "key" | "idempotency" | "fingerprint") "=" value
 *           | ("type" | "state") "=" value { "|" value }
 *           | "tag" "=" value                    (again for a job that has both)
 *           | "error" "~" value
 *           | "age" ("&gt;" | "&lt;") number ("s" | "m" | "h" | "d")
 * value     = characters other than , | and "  |  '"' characters, with \" and \\ '"'
 * </pre>
 */
public final class FilterText {

    private static final List<String> ONCE = List.of("queue", "key", "idempotency", "fingerprint", "error");
    private static final List<String> NAMES =
            List.of("queue", "type", "state", "key", "idempotency", "tag", "error", "fingerprint", "age");
    private static final Pattern NAME = Pattern.compile("[A-Za-z]+");
    private static final Pattern AGE = Pattern.compile("([0-9]{1,6})([smhd])");

    private final String text;
    private int position;
    private final Set<String> seen = new LinkedHashSet<>();
    private final Set<String> types = new LinkedHashSet<>();
    private final Set<JobState> states = new LinkedHashSet<>();
    private final List<String> tags = new ArrayList<>();
    private final String[] once = new String[ONCE.size()];
    private @Nullable Duration olderThan;
    private @Nullable Duration youngerThan;

    private FilterText(String text) {
        this.text = text;
    }

    /**
     * The filter that the text says.
     *
     * @throws RefusedException with the character at which it stops making sense, counted from 1
     */
    public static JobFilter parse(String text) {
        return new FilterText(Checks.storable("filter", Checks.present("filter", text))).filter();
    }

    private JobFilter filter() {
        do {
            condition();
        } while (comma());
        return new JobFilter(
                value("queue"),
                types,
                states,
                value("key"),
                value("idempotency"),
                tags,
                value("error"),
                value("fingerprint"),
                olderThan,
                youngerThan);
    }

    private @Nullable String value(String name) {
        return once[ONCE.indexOf(name)];
    }

    private void condition() {
        spaces();
        int start = position;
        Matcher matcher = NAME.matcher(text).region(position, text.length());
        String name = matcher.lookingAt() ? matcher.group().toLowerCase(Locale.ROOT) : "";
        if (!NAMES.contains(name)) {
            throw refused(start, "one of " + String.join(", ", NAMES));
        }
        position = matcher.end();
        spaces();
        switch (name) {
            case "type" -> alternatives(types::add);
            case "state" -> alternatives(word -> states.add(state(word)));
            case "tag" -> {
                operator("=");
                tags.add(value());
            }
            case "age" -> age(start);
            default -> {
                operator(name.equals("error") ? "~" : "=");
                once(start, name);
                once[ONCE.indexOf(name)] = value();
            }
        }
        spaces();
    }

    private void alternatives(Consumer<String> taken) {
        operator("=");
        do {
            spaces();
            taken.accept(value());
            spaces();
        } while (skip('|'));
    }

    private JobState state(String word) {
        return Arrays.stream(JobState.values())
                .filter(state -> state.word().equals(word.toLowerCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() -> refused(
                        position - word.length(),
                        "one of "
                                + String.join(
                                        ", ",
                                        Arrays.stream(JobState.values())
                                                .map(JobState::word)
                                                .toList())));
    }

    private void age(int start) {
        char direction = position < text.length() ? text.charAt(position) : ' ';
        if (direction != '>' && direction != '<') {
            throw refused(position, "> or <");
        }
        once(start, "age" + direction);
        position++;
        spaces();
        Matcher matcher = AGE.matcher(text).region(position, text.length());
        if (!matcher.lookingAt()) {
            throw refused(position, "an age such as 90s, 30m, 12h or 7d");
        }
        long number = Long.parseLong(matcher.group(1));
        Duration age = switch (matcher.group(2)) {
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            case "h" -> Duration.ofHours(number);
            default -> Duration.ofDays(number);
        };
        position = matcher.end();
        if (direction == '>') {
            olderThan = age;
        } else {
            youngerThan = age;
        }
    }

    private void once(int start, String name) {
        if (!seen.add(name)) {
            throw refused(start, "each condition but tag, type and state once");
        }
    }

    private void operator(String operator) {
        if (!text.startsWith(operator, position)) {
            throw refused(position, operator);
        }
        position += operator.length();
        spaces();
    }

    private String value() {
        if (position < text.length() && text.charAt(position) == '"') {
            return quoted();
        }
        int start = position;
        while (position < text.length() && ",|\"".indexOf(text.charAt(position)) < 0) {
            position++;
        }
        String value = text.substring(start, position).strip();
        if (value.isEmpty()) {
            throw refused(start, "a value");
        }
        return value;
    }

    private String quoted() {
        int start = position++;
        StringBuilder value = new StringBuilder();
        while (position < text.length() && text.charAt(position) != '"') {
            if (text.charAt(position) == '\\' && position + 1 < text.length()) {
                position++;
            }
            value.append(text.charAt(position++));
        }
        if (position >= text.length()) {
            throw new RefusedException("filter: at character " + (start + 1) + ": expected a closing \", was none");
        }
        position++;
        if (value.isEmpty()) {
            throw refused(start, "a value");
        }
        return value.toString();
    }

    private boolean comma() {
        if (position == text.length()) {
            return false;
        }
        if (!skip(',')) {
            throw refused(position, "a comma or the end");
        }
        return true;
    }

    private boolean skip(char character) {
        boolean there = position < text.length() && text.charAt(position) == character;
        position += there ? 1 : 0;
        return there;
    }

    private void spaces() {
        while (position < text.length() && text.charAt(position) == ' ') {
            position++;
        }
    }

    private RefusedException refused(int at, String expected) {
        String rest = text.substring(Math.min(at, text.length()));
        String found = rest.isEmpty() ? "the end" : Checks.quoted(rest.substring(0, Math.min(20, rest.length())));
        return new RefusedException("filter: at character " + (at + 1) + ": expected " + expected + ", was " + found);
    }
}
