package io.penstock.store;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The statements, one per {@code .sql} file, read once. The name of a leaf, or of its queue's table, is the only
 * thing ever put into their text.
 */
final class Statements {

    private static final Map<String, String> TEXTS = new ConcurrentHashMap<>();
    private static final Map<LeafStatement, String> LEAF_TEXTS = new ConcurrentHashMap<>();
    private static final String PARTITION = "{partition}";
    private static final String QUEUE = "{queue}";

    private record LeafStatement(String name, Leaf leaf) {}

    private Statements() {}

    static String of(String name) {
        return TEXTS.computeIfAbsent(name, Statements::read);
    }

    static String of(String name, Leaf leaf) {
        return LEAF_TEXTS.computeIfAbsent(
                new LeafStatement(name, leaf),
                key -> of(name).replace(PARTITION, leaf.qualifiedName()).replace(QUEUE, leaf.queueTable()));
    }

    /** Without the comment: the server reads it again with every parse, people read it in the file. */
    private static String read(String name) {
        try (InputStream stream = Statements.class.getResourceAsStream(name + ".sql")) {
            if (stream == null) {
                throw new IllegalStateException("statement " + name + ".sql: expected in the jar, was absent");
            }
            String text = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
            return "/* penstock " + name + " */ "
                    + text.lines()
                            .filter(line -> !line.startsWith("--"))
                            .reduce((first, second) -> first + "\n" + second)
                            .orElseThrow();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
