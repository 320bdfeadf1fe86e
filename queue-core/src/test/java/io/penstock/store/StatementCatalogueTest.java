package io.penstock.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.testkit.PenstockDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The statements as a catalogue: each explains itself, is used, and is understood by the server. */
@PenstockDatabase.Fresh
class StatementCatalogueTest {

    private static final Path STATEMENTS = Path.of("src/main/resources/io/penstock/store");
    private static final Path SOURCES = Path.of("src/main/java/io/penstock/store");

    static List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(STATEMENTS)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".sql"))
                    .map(name -> name.substring(0, name.length() - 4))
                    .sorted()
                    .toList();
        }
    }

    /** With numbered parameters, as PREPARE wants them. */
    static String numbered(String sql) {
        StringBuilder numbered = new StringBuilder();
        int number = 0;
        for (int index = 0; index < sql.length(); index++) {
            char character = sql.charAt(index);
            numbered.append(character == '?' ? "$" + ++number : String.valueOf(character));
        }
        return numbered.toString();
    }

    @ParameterizedTest
    @MethodSource("names")
    void aStatementOpensWithItsPurposeRowsLocksAndIndex(String name) throws IOException {
        List<String> opening = Files.readAllLines(STATEMENTS.resolve(name + ".sql")).stream()
                .takeWhile(line -> line.startsWith("--"))
                .filter(line -> line.matches("-- [A-Z][a-z]+: .*"))
                .toList();

        assertThat(opening).hasSizeGreaterThanOrEqualTo(4);
        assertThat(opening.subList(0, 4))
                .map(line -> line.substring(0, line.indexOf(':') + 1))
                .containsExactly("-- Purpose:", "-- Rows:", "-- Locks:", "-- Index:");
    }

    @ParameterizedTest
    @MethodSource("names")
    void aStatementWithParametersSaysWhatTheyAre(String name) throws IOException {
        List<String> lines = Files.readAllLines(STATEMENTS.resolve(name + ".sql"));
        boolean parameters = lines.stream().anyMatch(line -> !line.startsWith("--") && line.contains("?"));
        boolean described = lines.stream().anyMatch(line -> line.startsWith("-- Parameters: "));

        assertThat(described).isEqualTo(parameters);
    }

    @Test
    void everyStatementIsUsed() throws IOException {
        StringBuilder sources = new StringBuilder();
        try (Stream<Path> files = Files.walk(SOURCES)) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".java")).toList()) {
                sources.append(Files.readString(file));
            }
        }
        assertThat(names()).allSatisfy(name -> assertThat(sources).contains("\"" + name + "\""));
    }

    @ParameterizedTest
    @MethodSource("names")
    void theServerUnderstandsAStatement(String name, PenstockDatabase database) throws SQLException {
        QueueUnderTest queue = new QueueUnderTest(database);
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("PREPARE checked AS " + numbered(Statements.of(name, queue.leaf())));
            assertThat(database.query("SELECT 'prepared'")).hasSize(1);
        }
    }
}
