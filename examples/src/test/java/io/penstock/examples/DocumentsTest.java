package io.penstock.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import io.penstock.observe.WorkerEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the documents say is what the code does. */
class DocumentsTest {

    private static final Path HOME = Path.of("..").toAbsolutePath().normalize();
    private static final String ROOT = "io.penstock";
    private static final Set<String> STEPS = Set.of("claim", "complete", "dispatch", "run", "renew", "maintain");
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(location ->
                    new ImportOption.DoNotIncludeTests().includes(location) || location.contains("/testkit/"))
            .importPackages(ROOT);

    @Test
    void thePictureOfTheArchitectureIsTheCode() throws IOException {
        Set<String> drawn = matches(read("ARCHITECTURE.md"), "(?m)^    (\\S+) --> (\\S+)$")
                .map(arrow -> arrow.group(1) + " --> " + arrow.group(2))
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> built = new TreeSet<>();
        for (JavaClass from : CLASSES) {
            from.getDirectDependenciesFromSelf().forEach(dependency -> {
                String source = node(from);
                String target = node(dependency.getTargetClass());
                if (!target.isEmpty() && !source.equals(target) && !source.equals("testkit")) {
                    built.add(source + " --> " + target);
                }
            });
        }
        assertThat(built).isEqualTo(drawn);
    }

    @Test
    void noPackagesAreInACycleAndNoStepImportsAnother() throws IOException {
        SlicesRuleDefinition.slices()
                .matching("io.penstock.(**)")
                .should()
                .beFreeOfCycles()
                .check(CLASSES);
        assertThat(matches(read("ARCHITECTURE.md"), "(?m)^    (\\S+) --> (\\S+)$")
                        .filter(arrow -> STEPS.contains(arrow.group(1)) && STEPS.contains(arrow.group(2))))
                .isEmpty();
    }

    @Test
    void theTableOfEventsHoldsEveryEventAndNoOther() throws IOException {
        List<String> events = Arrays.stream(WorkerEvent.class.getPermittedSubclasses())
                .map(Class::getSimpleName)
                .toList();
        assertThat(matches(read("docs/EVENTS.md"), "(?m)^\\| `(\\w+)` \\|").map(row -> row.group(1)))
                .containsExactlyInAnyOrderElementsOf(events);
    }

    @ParameterizedTest
    @ValueSource(strings = {"FirstJob", "NightlyReport", "KeysAndSteps"})
    void anExampleOfTheReadmeIsCompiled(String name) throws IOException {
        String source = read("examples/src/main/java/io/penstock/examples/" + name + ".java");
        String example = source.substring(
                source.indexOf('\n', source.indexOf("// README: begin")) + 1, source.indexOf("    // README: end"));
        assertThat(read("README.md")).contains("```java\n" + example.indent(-4) + "```");
    }

    @Test
    void theExampleOfTheTestingPageIsATestThatRuns() throws IOException {
        String source = read("examples/embedded-service/src/test/java/io/penstock/examples/orders/OrdersTest.java");
        String example = source.substring(
                source.indexOf('\n', source.indexOf("// TESTING: begin")) + 1, source.indexOf("    // TESTING: end"));
        assertThat(read("docs/TESTING.md")).contains("```java\n" + example.indent(-4) + "```");
    }

    @Test
    void theReadmeIsShort() throws IOException {
        assertThat(read("README.md").lines().count()).isLessThanOrEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"README.md", "docs/FAULTS.md"})
    void everyTestThatADocumentNamesIsThere(String document) throws IOException {
        Set<String> tests;
        try (var files = Files.walk(HOME)) {
            tests = files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith("Test.java"))
                    .collect(Collectors.toSet());
        }
        List<String> named = matches(read(document), "`(\\w+Test)`")
                .map(name -> name.group(1) + ".java")
                .toList();
        assertThat(named).isNotEmpty().isSubsetOf(tests);
    }

    /** The package under the root, or nothing for a class that is not ours. */
    private static String node(JavaClass type) {
        String name = type.getBaseComponentType().getPackageName();
        if (name.equals(ROOT)) {
            return "penstock";
        }
        return name.startsWith(ROOT + ".") ? name.substring(ROOT.length() + 1) : "";
    }

    private static Stream<MatchResult> matches(String text, String pattern) {
        return Pattern.compile(pattern).matcher(text).results();
    }

    private static String read(String file) throws IOException {
        return Files.readString(HOME.resolve(file));
    }
}
