package io.penstock.configure;

import io.penstock.error.RefusedException;
import io.penstock.handler.HandlerOptions;
import io.penstock.handler.PluginSettings;
import io.penstock.job.Checks;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** The keys and values of one mapping, which remembers what it was asked for. */
public final class Section implements PluginSettings {

    /** A value as it was found, with its line in the file or 0. */
    private record Found(String text, String origin, int line) {}

    private final ConfigurationFile file;
    private final String path;
    private final Map<String, NodeTuple> entries = new LinkedHashMap<>();
    private final Map<String, Section> opened = new LinkedHashMap<>();
    private final Set<String> known = new TreeSet<>();

    Section(ConfigurationFile file, String path, @Nullable MappingNode node) {
        this.file = file;
        this.path = path;
        for (NodeTuple entry : node == null ? List.<NodeTuple>of() : node.getValue()) {
            String key = entry.getKeyNode() instanceof ScalarNode scalar ? scalar.getValue() : "?";
            NodeTuple first = entries.putIfAbsent(key, entry);
            if (first != null) {
                file.mistake(
                        YamlText.line(entry.getKeyNode()),
                        at(key) + ": expected once, stands at line " + YamlText.line(first.getKeyNode()) + " already");
            }
        }
    }

    @Override
    public List<String> names() {
        known.addAll(entries.keySet());
        return List.copyOf(entries.keySet());
    }

    /** Whether the file or the environment has the key. */
    public boolean has(String key) {
        known.add(key);
        return entries.containsKey(key) || override(key).isPresent();
    }

    /** A value of any shape, as JSON; as {@code otherwise} if it is not set. The environment overrides none of it. */
    public String json(String key, String otherwise) {
        known.add(key);
        NodeTuple entry = entries.get(key);
        if (entry == null) {
            return defaulted(key, otherwise, otherwise);
        }
        String json = new JsonOfNodes(file, at(key)).of(entry.getValueNode()).toString();
        took(key, json, "line " + YamlText.line(entry.getKeyNode()));
        return json;
    }

    @Override
    public Optional<String> text(String key) {
        Optional<Found> found = find(key);
        found.ifPresent(value -> took(key, value.text(), value.origin()));
        return found.map(Found::text);
    }

    @Override
    public String text(String key, String otherwise) {
        return text(key).orElseGet(() -> defaulted(key, otherwise, otherwise));
    }

    /**
     * A text that is one of those known; else a mistake, and empty.
     *
     * @param meant what they are, as in "the queues of this file"
     */
    public Optional<String> oneOf(String key, String meant, Set<String> known) {
        Optional<String> given = text(key);
        if (given.filter(known::contains).isEmpty()) {
            mistake(
                    key,
                    "expected one of " + meant + ", " + String.join(", ", known) + ", was "
                            + given.map(Checks::quoted).orElse("not set"));
            return Optional.empty();
        }
        return given;
    }

    @Override
    public Optional<String> secret(String key) {
        Optional<Found> found = find(key);
        found.ifPresent(value -> took(key, Setting.MASK, value.origin()));
        return found.map(Found::text);
    }

    @Override
    public int number(String key, int otherwise, int minimum, int maximum) {
        Optional<Found> found = find(key);
        if (found.isEmpty()) {
            return defaulted(key, otherwise, String.valueOf(otherwise));
        }
        String text = found.get().text();
        if (text.matches("-?[0-9]{1,9}")) {
            int value = Integer.parseInt(text);
            if (value >= minimum && value <= maximum) {
                took(key, text, found.get().origin());
                return value;
            }
        }
        return wrong(key, found.get(), minimum + " to " + maximum, otherwise);
    }

    @Override
    public boolean flag(String key, boolean otherwise) {
        Optional<Found> found = find(key);
        if (found.isEmpty()) {
            return defaulted(key, otherwise, String.valueOf(otherwise));
        }
        String text = found.get().text();
        if (!text.equals("true") && !text.equals("false")) {
            return wrong(key, found.get(), "true or false", otherwise);
        }
        took(key, text, found.get().origin());
        return text.equals("true");
    }

    @Override
    public Duration duration(String key, Duration otherwise, Duration minimum, Duration maximum) {
        Optional<Found> found = find(key);
        if (found.isEmpty()) {
            return defaulted(key, otherwise, DurationText.write(otherwise));
        }
        Optional<Duration> read = DurationText.read(found.get().text());
        if (read.isEmpty()) {
            return wrong(key, found.get(), DurationText.FORM, otherwise);
        }
        if (read.get().compareTo(minimum) < 0 || read.get().compareTo(maximum) > 0) {
            return wrong(
                    key, found.get(), DurationText.write(minimum) + " to " + DurationText.write(maximum), otherwise);
        }
        took(key, found.get().text(), found.get().origin());
        return read.get();
    }

    @Override
    public List<String> texts(String key) {
        known.add(key);
        NodeTuple entry = entries.get(key);
        if (entry == null) {
            return List.of();
        }
        if (!(entry.getValueNode() instanceof SequenceNode sequence)) {
            file.mistake(YamlText.line(entry.getValueNode()), at(key) + ": expected a list, was no list");
            return List.of();
        }
        List<String> texts = new ArrayList<>();
        for (Node element : sequence.getValue()) {
            scalar(key, element).map(Found::text).ifPresent(texts::add);
        }
        took(key, texts.toString(), "line " + YamlText.line(entry.getKeyNode()));
        return texts;
    }

    @Override
    public HandlerOptions retry(String key) {
        return RetrySettings.read(section(key));
    }

    @Override
    public Path directory() {
        return file.directory;
    }

    @Override
    public Section section(String key) {
        known.add(key);
        return opened.computeIfAbsent(key, name -> {
            NodeTuple entry = entries.get(name);
            Node value = entry == null ? null : entry.getValueNode();
            if (value != null && !(value instanceof MappingNode)) {
                file.mistake(YamlText.line(value), at(name) + ": expected keys with values, was " + shown(value));
            }
            Section section = new Section(file, at(name), value instanceof MappingNode mapping ? mapping : null);
            file.opened(section);
            return section;
        });
    }

    @Override
    public RefusedException refused(String key, String expected, String found) {
        return new RefusedException(file.place(line(key)) + at(key) + ": expected " + expected + ", was " + found);
    }

    /** Notes a mistake at a key. */
    public void mistake(String key, String text) {
        file.mistake(line(key), at(key) + ": " + text);
    }

    /** Notes a mistake of this section as a whole. */
    public void mistake(String text) {
        file.mistake(0, path + ": " + text);
    }

    void refuseUnknown() {
        for (Map.Entry<String, NodeTuple> entry : entries.entrySet()) {
            if (!known.contains(entry.getKey())) {
                String meant = NearestName.of(entry.getKey(), known)
                        .map(name -> "; did you mean " + name + "?")
                        .orElse("");
                file.mistake(
                        YamlText.line(entry.getValue().getKeyNode()),
                        at(entry.getKey()) + ": expected one of " + String.join(", ", known) + ", was unknown" + meant);
            }
        }
    }

    private Optional<Found> find(String key) {
        known.add(key);
        Optional<String> override = override(key);
        if (override.isPresent()) {
            return override.map(text -> new Found(text, "environment " + Environment.variable(at(key)), 0));
        }
        NodeTuple entry = entries.get(key);
        return entry == null ? Optional.empty() : scalar(key, entry.getValueNode());
    }

    private Optional<String> override(String key) {
        try {
            return file.environment.override(at(key));
        } catch (IllegalArgumentException ambiguous) {
            file.mistake(0, String.valueOf(ambiguous.getMessage()));
            return Optional.empty();
        }
    }

    private Optional<Found> scalar(String key, Node node) {
        int line = YamlText.line(node);
        if (!(node instanceof ScalarNode scalar) || node.getTag().equals(Tag.NULL)) {
            file.mistake(line, at(key) + ": expected one value, was " + shown(node));
            return Optional.empty();
        }
        try {
            return Optional.of(new Found(file.environment.expand(scalar.getValue()), "line " + line, line));
        } catch (IllegalArgumentException missing) {
            file.mistake(line, at(key) + ": " + missing.getMessage());
            return Optional.empty();
        }
    }

    private static String shown(Node node) {
        if (node instanceof MappingNode) {
            return "keys with values";
        }
        return node instanceof SequenceNode ? "a list" : node.getTag().equals(Tag.NULL) ? "nothing" : "one value";
    }

    private <T> T wrong(String key, Found found, String expected, T otherwise) {
        String where = found.line() == 0 ? " in " + found.origin() : "";
        file.mistake(found.line(), at(key) + ": expected " + expected + ", was " + Checks.quoted(found.text()) + where);
        return otherwise;
    }

    private <T> T defaulted(String key, T value, String shown) {
        took(key, shown, Setting.DEFAULT);
        return value;
    }

    private void took(String key, String shown, String origin) {
        file.took(new Setting(at(key), shown, origin));
    }

    private int line(String key) {
        NodeTuple entry = entries.get(key);
        return entry == null ? 0 : YamlText.line(entry.getKeyNode());
    }

    private String at(String key) {
        return path.isEmpty() ? key : path + "." + key;
    }
}
