package io.penstock.examples.drill;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What a drill measured, on both sides, and whether it held. */
final class Measures {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private record Measure(String name, double naive, double penstock, double limit, boolean ok) {}

    private final String drill;
    private final List<Measure> measures = new ArrayList<>();

    Measures(String drill) {
        this.drill = drill;
    }

    /**
     * Adds one.
     *
     * @param naive and the others: not a number, or infinite, where there is none
     */
    void add(String name, double naive, double penstock, double limit, boolean ok) {
        measures.add(new Measure(name, naive, penstock, limit, ok));
    }

    /** Whether every measure is within its limit. */
    boolean held() {
        return measures.stream().allMatch(Measure::ok);
    }

    void show(PrintWriter out) {
        out.printf("%n%-34s %10s %10s %10s%n", drill, "naive", "penstock", "limit");
        for (Measure measure : measures) {
            out.printf(
                    "%-34s %10s %10s %10s  %s%n",
                    measure.name(),
                    text(measure.naive()),
                    text(measure.penstock()),
                    text(measure.limit()),
                    measure.ok() ? "ok" : "NOT HELD");
        }
        out.println(held() ? "held" : "not held");
        out.flush();
    }

    void write(Path file) throws IOException {
        ObjectNode root = JSON.createObjectNode().put("drill", drill).put("held", held());
        ArrayNode rows = root.putArray("measures");
        for (Measure measure : measures) {
            ObjectNode row = rows.addObject().put("name", measure.name());
            put(row, "naive", measure.naive());
            put(row, "penstock", measure.penstock());
            put(row, "limit", measure.limit());
            row.put("ok", measure.ok());
        }
        Files.writeString(file, root.toPrettyString() + "\n");
    }

    private static void put(ObjectNode row, String name, double value) {
        if (Double.isFinite(value)) {
            row.put(name, Math.round(value * 1_000) / 1_000.0);
        } else {
            row.putNull(name);
        }
    }

    private static String text(double value) {
        return Double.isFinite(value)
                ? String.format(Locale.ROOT, value == Math.rint(value) ? "%.0f" : "%.3f", value)
                : "-";
    }
}
