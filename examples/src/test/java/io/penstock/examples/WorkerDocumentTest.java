package io.penstock.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.configure.Setting;
import io.penstock.exec.ExecPlugin;
import io.penstock.process.WorkerConfiguration;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The table of keys in docs/WORKER.md is what the worker asks its file for, and its example is read. */
class WorkerDocumentTest {

    private static final String LEAST = """
            database: {url: "jdbc:postgresql://localhost/orders", password: hidden}
            queues: {email: {}}
            http: {allowed-hosts: [localhost], endpoints: {order-placed: {url: "http://localhost/"}}}
            schedules: {nightly-report: {queue: email, type: order-placed, cron: "0 2 * * *"}}
            objectives: {beat: {queue: email}, growth: {queue: email, kind: growth}}
            alerts: {oncall: {queue: email}}
            exec: {commands: {thumbnail: [/bin/true]}}
            plugins: {directory: plugins}
            """;

    @TempDir
    private Path directory;

    private String document = "";

    @BeforeEach
    void prepare() throws Exception {
        document = Files.readString(Path.of("..", "docs", "WORKER.md"));
        PluginDirectory.add(directory.resolve("plugins"), ExecPlugin.class, "");
        Files.writeString(directory.resolve("password"), "hidden");
    }

    @Test
    void theTableHasEveryKeyAndNoOther() throws Exception {
        Set<String> asked = new TreeSet<>();
        settings(example()).forEach(setting -> asked.add(key(setting)));
        settings(LEAST).forEach(setting -> asked.add(key(setting)));
        assertThat(table().keySet()).isEqualTo(asked);
    }

    @Test
    void theTableHasTheDefaults() throws Exception {
        Map<String, String> defaults = settings(LEAST).stream()
                .filter(setting -> setting.origin().equals("default"))
                .collect(Collectors.toMap(WorkerDocumentTest::key, Setting::shown, (one, other) -> one));
        assertThat(defaults).hasSizeGreaterThan(10);
        table().forEach((key, value) -> {
            if (value.startsWith("`") && !key.equals("worker.name")) {
                assertThat(defaults).as(key).containsEntry(key, value.replace("`", ""));
            }
        });
    }

    private Map<String, String> table() {
        return Pattern.compile("(?m)^\\| `([a-zA-Z.-]+)` \\| (.*?) ?\\|")
                .matcher(document)
                .results()
                .collect(Collectors.toMap(row -> row.group(1), row -> row.group(2), (one, other) -> one, TreeMap::new));
    }

    private String example() {
        MatchResult block = Pattern.compile("(?s)```yaml\n(.*?)```")
                .matcher(document)
                .results()
                .findFirst()
                .orElseThrow();
        return block.group(1);
    }

    private List<Setting> settings(String text) throws Exception {
        Path file = Files.writeString(directory.resolve("penstock.yaml"), text);
        try (WorkerConfiguration read = WorkerConfiguration.read(file, Map.of("HOOK_SECRET", "hidden"))) {
            return read.settings();
        }
    }

    private static String key(Setting setting) {
        return setting.path()
                .replaceAll("^queues\\.(email|oncall)\\.", "queues.NAME.")
                .replace("alerts.oncall", "alerts.NAME")
                .replace("schedules.nightly-report", "schedules.NAME")
                .replace("schedules.beat", "schedules.NAME")
                .replaceAll("^objectives\\.[a-z-]+\\.", "objectives.NAME.")
                .replaceAll("endpoints\\.(order-placed|penstock\\.alert)\\.", "endpoints.TYPE.")
                .replace("commands.thumbnail", "commands.NAME");
    }
}
