package io.penstock.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.configure.ConfigurationFile;
import io.penstock.configure.Setting;
import io.penstock.error.RefusedException;
import io.penstock.handler.HandlerRegistration;
import io.penstock.handler.JobContext;
import io.penstock.handler.JobHandler;
import io.penstock.job.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A plug-in sees what it is shown, and one that does not fit is refused by its name before anything runs. */
@NullUnmarked
class PluginsTest {

    private static final String SERVICE = "META-INF/services/io.penstock.handler.HandlerPlugin";

    @TempDir
    private Path temporary;

    private Path directory;
    private final ConfigurationFile file = ConfigurationFile.of("penstock.yaml", "orders: {greeting: hello}", Map.of());

    @BeforeEach
    void makeDirectory() throws IOException {
        directory = Files.createDirectory(temporary.resolve("plugins"));
    }

    @Test
    void aPluginRunsInItsOwnLoaderWithItsOwnSettings() throws Exception {
        CompiledJar.plugin(
                directory.resolve("orders.jar"),
                "orders",
                "order",
                "return Outcome.discarded(Thread.currentThread().getContextClassLoader().getName() + greeting);");
        try (Plugins plugins = load()) {
            assertThat(run(plugins.registrations().get(0))).isEqualTo(Outcome.discarded("orders.jarhello"));
            assertThat(plugins.jarOf("order")).contains("orders.jar");
            assertThat(file.settings()).containsExactly(new Setting("orders.greeting", "hello", "line 1"));
        }
    }

    @Test
    void twoPluginsMayHaveClassesOfTheSameName() throws Exception {
        CompiledJar.plugin(directory.resolve("one.jar"), "one", "first", "return Outcome.discarded(\"of one\");");
        CompiledJar.plugin(directory.resolve("two.jar"), "two", "second", "return Outcome.discarded(\"of two\");");
        try (Plugins plugins = load()) {
            assertThat(run(plugins.registrations().get(0))).isEqualTo(Outcome.discarded("of one"));
            assertThat(run(plugins.registrations().get(1))).isEqualTo(Outcome.discarded("of two"));
        }
    }

    @Test
    void aDirectoryOfJarsIsOnePluginWithItsLibraries() throws Exception {
        Path orders = Files.createDirectory(directory.resolve("orders"));
        CompiledJar.of(orders.resolve("library.jar"), Map.of(), Map.of("greeting.txt", "from the library"));
        CompiledJar.plugin(
                orders.resolve("orders.jar"),
                "orders",
                "order",
                "return Outcome.discarded(new String(Plugin.class.getResourceAsStream(\"/greeting.txt\").readAllBytes()));");
        try (Plugins plugins = load()) {
            assertThat(run(plugins.registrations().get(0))).isEqualTo(Outcome.discarded("from the library"));
        }
    }

    @Test
    void theLibrariesAndInternalsOfTheHostAreOutOfSight() throws Exception {
        for (String hidden : new String[] {"tools.jackson.databind.json.JsonMapper", "io.penstock.worker.Worker"}) {
            assertThat(Class.forName(hidden)).isNotNull();
            CompiledJar.plugin(
                    directory.resolve("orders.jar"),
                    "orders",
                    "order",
                    "try { Class.forName(\"" + hidden + "\"); return Outcome.completed(); }"
                            + " catch (ClassNotFoundException unseen) { return Outcome.discarded(\"unseen\"); }");
            try (Plugins plugins = load()) {
                assertThat(run(plugins.registrations().get(0))).isEqualTo(Outcome.discarded("unseen"));
            }
        }
    }

    @Test
    void theSameJobTypeOfTwoJarsIsRefusedWithBothNames() throws IOException {
        CompiledJar.plugin(directory.resolve("one.jar"), "one", "order", "return Outcome.completed();");
        CompiledJar.plugin(directory.resolve("two.jar"), "two", "order", "return Outcome.completed();");
        refused("plug-in \"two.jar\": expected no job type \"order\" beside that of \"one.jar\"");
    }

    @Test
    void aNameOfTheFilesOwnIsRefused() throws IOException {
        CompiledJar.plugin(directory.resolve("one.jar"), "worker", "order", "return Outcome.completed();");
        refused(
                "plug-in \"one.jar\": expected a plug-in name of lower-case letters, digits or - that is none of [worker]");
    }

    @Test
    void whatIsNoJarIsRefused() throws IOException {
        Files.writeString(directory.resolve("broken.jar"), "no jar");
        refused("plug-in \"broken.jar\": expected a jar, was not to be read");
    }

    @Test
    void aJarWithoutAPluginIsRefused() throws IOException {
        CompiledJar.of(directory.resolve("empty.jar"), Map.of(), Map.of("readme.txt", "nothing"));
        refused("plug-in \"empty.jar\": expected a plug-in named in " + SERVICE);
    }

    @Test
    void aPluginThatIsNamedAndNotThereIsRefused() throws IOException {
        CompiledJar.of(directory.resolve("absent.jar"), Map.of(), Map.of(SERVICE, "acme.Absent"));
        refused("plug-in \"absent.jar\": expected plug-ins that can be loaded, was");
    }

    @Test
    void aPluginThatNeedsWhatItDoesNotBringIsRefused() throws IOException {
        CompiledJar.of(directory.resolve("needy.jar"), Map.of("acme/Plugin.java", """
                        package acme;
                        public class Plugin implements io.penstock.handler.HandlerPlugin {
                            private final tools.jackson.databind.json.JsonMapper mapper = new tools.jackson.databind.json.JsonMapper();
                            public String name() { return "needy"; }
                            public Iterable<io.penstock.handler.HandlerRegistration<?>> handlers(io.penstock.handler.PluginSettings s) {
                                return java.util.List.of();
                            }
                        }
                        """), Map.of(SERVICE, "acme.Plugin"));
        refused("plug-in \"needy.jar\": expected");
    }

    @Test
    void aJarThatBringsSharedClassesIsRefused() throws IOException {
        CompiledJar.of(
                directory.resolve("fat.jar"),
                Map.of("io/penstock/job/Mine.java", "package io.penstock.job; public class Mine {}"),
                Map.of(SERVICE, "acme.Plugin"));
        refused(
                "plug-in \"fat.jar\": expected no classes of packages that the worker shares with it, was io/penstock/job/Mine.class");
    }

    private void refused(String message) {
        assertThatThrownBy(this::load).isInstanceOf(RefusedException.class).hasMessageStartingWith(message);
    }

    private Plugins load() {
        return Plugins.load(directory, Set.of("worker"), file.root()::section);
    }

    @SuppressWarnings("unchecked")
    private static <P extends Record> Outcome run(HandlerRegistration<P> registration) throws Exception {
        JobHandler<P> handler = registration.handler();
        return handler.handle((JobContext<P>) null);
    }
}
