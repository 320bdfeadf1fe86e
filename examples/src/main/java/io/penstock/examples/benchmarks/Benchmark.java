package io.penstock.examples.benchmarks;

import io.penstock.examples.setup.FiguresFile;
import io.penstock.examples.setup.TemporaryDatabase;
import io.penstock.testkit.DatabaseServer;
import java.io.PrintWriter;
import java.lang.reflect.Field;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** One benchmark: its options are fields, its figures go to the terminal and to a file. */
abstract class Benchmark implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--json", paramLabel = "FILE", description = "Writes the figures to a file.")
    private @Nullable Path json;

    /** What is measured and how, in a sentence or two. */
    abstract String method();

    /** Refuses options that make no sense, before anything is started. */
    abstract void check();

    abstract void measure(DatabaseServer server, Figures figures) throws Exception;

    @Override
    public final Integer call() throws Exception {
        FiguresFile.check(json);
        check();
        try (DatabaseServer server = TemporaryDatabase.server(true)) {
            Figures figures = run(server, spec.commandLine().getOut());
            if (json != null) {
                figures.write(json);
            }
            return figures.hold() ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
        }
    }

    final Figures run(DatabaseServer server, PrintWriter out) throws Exception {
        Figures figures = new Figures(spec.name(), out);
        figures.say(method());
        try (Connection connection =
                server.dataSource(server.maintenanceDatabase()).getConnection()) {
            Settings.read(connection).forEach(figures::setting);
        }
        spec.options().stream()
                .filter(option -> option.userObject() instanceof Field field && field.getDeclaringClass() == getClass())
                .forEach(option -> figures.setting(
                        option.longestName().substring(2),
                        option.<Object>getValue().toString()));
        figures.showSettings();
        measure(server, figures);
        figures.show();
        return figures;
    }
}
