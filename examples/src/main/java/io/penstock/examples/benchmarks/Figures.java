package io.penstock.examples.benchmarks;

import java.io.IOException;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a benchmark came to, for the terminal and as JSON. A name such as {@code busy.clients_1} is a field of an object.
 * In the JSON a figure is its median; {@code spread} holds minimum, maximum and samples under the same name.
 */
final class Figures {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final MathContext DIGITS = new MathContext(5, RoundingMode.HALF_UP);
    private static final int EXACT_FROM = 10_000;

    private final PrintWriter out;
    private final ObjectNode root = JSON.createObjectNode();
    private final ObjectNode settings = JSON.createObjectNode();
    private final ObjectNode spread = JSON.createObjectNode();
    private final List<String> lines = new ArrayList<>();
    private boolean hold = true;

    Figures(String benchmark, PrintWriter out) {
        this.out = out;
        root.put("benchmark", benchmark);
        root.set("settings", settings);
    }

    /** A line for the person who waits. */
    void say(String format, Object... values) {
        out.println(values.length == 0 ? format : String.format(Locale.ROOT, format, values));
        out.flush();
    }

    void setting(String name, String value) {
        settings.put(name, value);
    }

    void showSettings() {
        say(settings.properties().stream()
                .map(setting -> setting.getKey() + " " + setting.getValue().asString())
                .collect(Collectors.joining(" · ")));
    }

    void put(String name, double value) {
        if (Double.isFinite(value)) {
            node(root, name).set(leaf(name), number(value));
            line(name, text(value), "");
        } else {
            none(name);
        }
    }

    void put(String name, long value) {
        put(name, (double) value);
    }

    void put(String name, Spread value) {
        put(name, value.median());
        lines.remove(lines.size() - 1);
        line(name, text(value.median()), "(" + text(value.min()) + " to " + text(value.max()) + ")");
        ObjectNode samples = node(spread, name).putObject(leaf(name));
        samples.set("min", number(value.min()));
        samples.set("max", number(value.max()));
        samples.set("samples", array(value.samples()));
    }

    void put(String name, List<Double> values) {
        node(root, name).set(leaf(name), array(values));
        line(name, values.stream().map(Figures::text).collect(Collectors.joining(" ")), "");
    }

    /** A figure that there is none of: what it waits for did not happen. */
    void none(String name) {
        node(root, name).putNull(leaf(name));
        line(name, "none", "");
    }

    /** A count of what must never happen. */
    void mustBeZero(String name, long value) {
        put(name, value);
        hold = hold && value == 0;
    }

    /** Whether nothing was counted that must never happen. */
    boolean hold() {
        return hold;
    }

    void show() {
        say("");
        lines.forEach(this::say);
    }

    ObjectNode json() {
        ObjectNode whole = root.deepCopy();
        whole.set("spread", spread);
        return whole;
    }

    void write(Path file) throws IOException {
        Files.writeString(file, json().toPrettyString() + "\n");
    }

    private void line(String name, String value, String range) {
        lines.add(
                String.format(Locale.ROOT, "%-44s %14s  %s", name, value, range).stripTrailing());
    }

    private static ObjectNode node(ObjectNode from, String name) {
        ObjectNode node = from;
        String[] path = name.split("\\.", -1);
        for (int index = 0; index < path.length - 1; index++) {
            node = node.withObject(path[index]);
        }
        return node;
    }

    private static String leaf(String name) {
        return name.substring(name.lastIndexOf('.') + 1);
    }

    private static ArrayNode array(List<Double> values) {
        ArrayNode array = JSON.createArrayNode();
        values.forEach(value -> array.add(number(value)));
        return array;
    }

    private static JsonNode number(double value) {
        double rounded = Math.abs(value) >= EXACT_FROM
                ? Math.rint(value)
                : BigDecimal.valueOf(value).round(DIGITS).doubleValue();
        return rounded == Math.rint(rounded)
                ? JSON.getNodeFactory().numberNode((long) rounded)
                : JSON.getNodeFactory().numberNode(rounded);
    }

    private static String text(double value) {
        double magnitude = Math.abs(value);
        String format = value == Math.rint(value) || magnitude >= 1_000 ? "%,.0f" : magnitude >= 10 ? "%.1f" : "%.3f";
        return String.format(Locale.ROOT, format, value);
    }
}
