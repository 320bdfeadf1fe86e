package io.penstock.process;

import io.penstock.configure.ConfigurationFile;
import io.penstock.configure.Section;
import io.penstock.configure.Setting;
import io.penstock.error.RefusedException;
import io.penstock.handler.HandlerRegistration;
import io.penstock.http.HttpHandlers;
import io.penstock.job.Checks;
import io.penstock.job.QueueDefinition;
import io.penstock.objective.AlertRoute;
import io.penstock.objective.Objective;
import io.penstock.plugin.Plugins;
import io.penstock.schedule.ScheduleDefinition;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What a worker's file says, with the handlers that it brings. Relative paths in it are those beside it.
 *
 * @param settings every value with where it came from
 * @param unusedVariables of the environment, which begin like ours and meant nothing
 */
public record WorkerConfiguration(
        WorkerSettings worker,
        DatabaseLogin database,
        List<QueueDefinition> queues,
        AdminSettings admin,
        List<HandlerRegistration<?>> handlers,
        List<ScheduleDefinition> schedules,
        List<Objective> objectives,
        List<AlertRoute> alertRoutes,
        Plugins plugins,
        List<Setting> settings,
        List<String> unusedVariables)
        implements AutoCloseable {

    private static final Set<String> SECTIONS =
            Set.of("worker", "database", "queues", "http", "schedules", "objectives", "alerts", "plugins", "admin");

    /**
     * Reads and checks all of it.
     *
     * @throws RefusedException with every mistake, a line each
     */
    public static WorkerConfiguration read(Path path, Map<String, String> environment) {
        ConfigurationFile file = ConfigurationFile.read(path, environment);
        Section root = file.root();
        Path directory = path.toAbsolutePath().normalize().resolveSibling("");
        DatabaseLogin database = DatabaseLogin.read(root.section("database"), directory);
        List<QueueDefinition> queues = QueueSettings.read(root.section("queues"));
        int guaranteed =
                queues.stream().mapToInt(queue -> queue.budget().guarantee()).sum();
        WorkerSettings worker = WorkerSettings.read(root.section("worker"), guaranteed);
        AdminSettings admin = AdminSettings.read(root.section("admin"));
        List<HandlerRegistration<?>> handlers = new ArrayList<>(HttpHandlers.read(root.section("http")));
        Plugins plugins = plugins(file, directory);
        handlers.addAll(plugins.registrations());
        List<ScheduleDefinition> schedules =
                new ScheduleSettings(names(queues), types(handlers)).read(root.section("schedules"));
        List<Objective> objectives = new ObjectiveSettings(names(queues)).read(root.section("objectives"));
        List<AlertRoute> alertRoutes = new AlertSettings(names(queues)).read(root.section("alerts"));
        try {
            refuseTwice(root, handlers);
            if (handlers.isEmpty()) {
                file.mistake(new RefusedException(
                        "handlers: expected at least one, was none; give http.endpoints or plugins.directory"));
            }
            file.finish();
        } catch (RuntimeException refused) {
            plugins.close();
            throw refused;
        }
        return new WorkerConfiguration(
                worker,
                database,
                queues,
                admin,
                handlers,
                schedules,
                objectives,
                alertRoutes,
                plugins,
                file.settings(),
                file.unusedVariables());
    }

    private static Set<String> names(List<QueueDefinition> queues) {
        return queues.stream().map(QueueDefinition::name).collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> types(List<HandlerRegistration<?>> handlers) {
        return handlers.stream().map(handler -> handler.type().name()).collect(Collectors.toCollection(TreeSet::new));
    }

    /** What brings the handler of a job type. */
    public String origin(String type) {
        return plugins.jarOf(type).map(jar -> "plug-in " + Checks.quoted(jar)).orElse("http");
    }

    /** How long the worker waits for handlers when it is to end. */
    public Duration drainTimeout() {
        return worker.drainTimeout();
    }

    public String workerName() {
        return worker.name();
    }

    private static Plugins plugins(ConfigurationFile file, Path directory) {
        Optional<String> place = file.root().section("plugins").text("directory");
        try {
            return place.isEmpty()
                    ? Plugins.none()
                    : Plugins.load(directory.resolve(place.get()), SECTIONS, file.root()::section);
        } catch (RefusedException refused) {
            file.mistake(refused);
            return Plugins.none();
        }
    }

    private static void refuseTwice(Section root, List<HandlerRegistration<?>> handlers) {
        Set<String> types = new HashSet<>();
        for (HandlerRegistration<?> handler : handlers) {
            if (!types.add(handler.type().name())) {
                root.section("http")
                        .mistake(
                                "endpoints",
                                "expected one handler of job type "
                                        + Checks.quoted(handler.type().name()) + ", was this and a plug-in's");
            }
        }
    }

    @Override
    public void close() {
        plugins.close();
    }
}
