package io.penstock.configure;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the environment says: a variable for each value of the file, and those that values name as {@code ${NAME}}. */
final class Environment {

    static final String PREFIX = "PENSTOCK_";

    private static final Pattern REFERENCE = Pattern.compile("(\\$?)\\$\\{([^}]*)}");

    private final Map<String, String> variables;
    private final Map<String, String> pathOf = new HashMap<>();
    private final Set<String> referred = new TreeSet<>();

    Environment(Map<String, String> variables) {
        this.variables = Map.copyOf(variables);
    }

    /** Such as PENSTOCK_QUEUES_EMAIL_LIMIT of queues.email.limit. */
    static String variable(String path) {
        return PREFIX + path.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_");
    }

    /** What overrides the value at a path. */
    Optional<String> override(String path) {
        String variable = variable(path);
        String value = variables.get(variable);
        String other = pathOf.putIfAbsent(variable, path);
        if (value != null && other != null && !other.equals(path)) {
            throw new IllegalArgumentException(
                    variable + ": expected to mean one value, means both " + other + " and " + path);
        }
        return Optional.ofNullable(value);
    }

    /** The text with each reference replaced. One with two dollars stands for itself. */
    String expand(String text) {
        Matcher matcher = REFERENCE.matcher(text);
        StringBuilder expanded = new StringBuilder();
        while (matcher.find()) {
            String name = matcher.group(2);
            String value = matcher.group(1).isEmpty() ? variables.get(name) : "${" + name + "}";
            if (value == null) {
                throw new IllegalArgumentException("expected the environment to have " + name + ", was not set");
            }
            referred.add(name);
            matcher.appendReplacement(expanded, Matcher.quoteReplacement(value));
        }
        return matcher.appendTail(expanded).toString();
    }

    /** Those that begin like ours and meant nothing: a misspelt one would pass unnoticed otherwise. */
    List<String> unused() {
        return variables.keySet().stream()
                .filter(name -> name.startsWith(PREFIX) && !pathOf.containsKey(name) && !referred.contains(name))
                .sorted()
                .toList();
    }
}
