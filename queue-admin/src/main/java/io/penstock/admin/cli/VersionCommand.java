package io.penstock.admin.cli;

import io.penstock.migrate.SchemaVersion;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Says which version this is. */
@Command(name = "version", description = "Shows the version of Penstock, of its schema and of Java.")
public final class VersionCommand implements Runnable {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--json", description = "Print one JSON document and nothing else on standard output.")
    private boolean json;

    @Override
    public void run() {
        Output output =
                new Output(spec.commandLine().getOut(), spec.commandLine().getErr(), json, null);
        output.line(text());
        output.document(Output.object()
                .put("penstock", version())
                .put("schema", SchemaVersion.CURRENT)
                .put("java", Runtime.version().toString()));
    }

    private static String version() {
        String version = VersionCommand.class.getPackage().getImplementationVersion();
        return version == null ? "(not packaged)" : version;
    }

    private static String text() {
        return "Penstock " + version() + ", schema " + SchemaVersion.CURRENT + ", Java " + Runtime.version();
    }

    /** The same for {@code --version}. */
    public static final class Provider implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {text()};
        }
    }
}
