package io.penstock.configure;

import io.penstock.error.RefusedException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A worker's file while it is read: its {@link Section}s, what took effect, and all mistakes so far. Who reads asks for what it
 * knows; what nobody asked for is a mistake as well. For use by one thread.
 */
public final class ConfigurationFile {

    /** Something wrong, at a line of the file, or 0. */
    private record Mistake(int line, String text) {}

    private static final int MOST_BYTES = 1 << 20;

    private final String name;
    final Path directory;
    final Environment environment;
    private final Section root;
    private final List<Section> sections = new ArrayList<>();
    private final List<Setting> settings = new ArrayList<>();
    private final List<Mistake> mistakes = new ArrayList<>();

    private ConfigurationFile(Path file, String text, Map<String, String> environment) {
        this.name = String.valueOf(file.getFileName());
        this.directory = file.toAbsolutePath().normalize().resolveSibling("");
        this.environment = new Environment(environment);
        this.root = new Section(this, "", YamlText.read(name, text));
        sections.add(root);
    }

    public static ConfigurationFile read(Path file, Map<String, String> environment) {
        try {
            if (Files.size(file) > MOST_BYTES) {
                throw new RefusedException(
                        file + ": expected at most " + MOST_BYTES + " bytes, was " + Files.size(file));
            }
            return new ConfigurationFile(file, Files.readString(file, StandardCharsets.UTF_8), environment);
        } catch (IOException failure) {
            throw new RefusedException(
                    "configuration file: expected a worker's settings in UTF-8, was not to be read: " + failure,
                    failure);
        }
    }

    public static ConfigurationFile of(String name, String text, Map<String, String> environment) {
        return new ConfigurationFile(Path.of(name), text, environment);
    }

    public Section root() {
        return root;
    }

    /** What took effect, in the order in which it was asked for. */
    public List<Setting> settings() {
        return List.copyOf(settings);
    }

    /** Variables that begin like ours and meant nothing. */
    public List<String> unusedVariables() {
        return environment.unused();
    }

    /** Notes a mistake that has its place in its text. */
    public void mistake(RefusedException refused) {
        mistakes.add(new Mistake(0, String.valueOf(refused.getMessage())));
    }

    /**
     * Everything has been asked for.
     *
     * @throws RefusedException with all mistakes, a line each
     */
    public void finish() {
        sections.forEach(Section::refuseUnknown);
        if (!mistakes.isEmpty()) {
            throw new RefusedException(mistakes.stream()
                    .sorted(Comparator.comparingInt(Mistake::line))
                    .map(Mistake::text)
                    .distinct()
                    .collect(Collectors.joining("\n")));
        }
    }

    void opened(Section section) {
        sections.add(section);
    }

    void took(Setting setting) {
        settings.add(setting);
    }

    void mistake(int line, String text) {
        mistakes.add(new Mistake(line, place(line) + text));
    }

    String place(int line) {
        return line == 0 ? name + ": " : name + " line " + line + ": ";
    }
}
