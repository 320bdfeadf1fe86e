package io.penstock.examples;

import io.penstock.migrate.SchemaVersion;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Says which version this is. */
@Command(name = "version", description = "Shows the version of Penstock, of its schema and of Java.")
final class VersionCommand implements Runnable {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        spec.commandLine().getOut().println(text());
    }

    private static String text() {
        String version = Main.class.getPackage().getImplementationVersion();
        return "Penstock " + (version == null ? "(not packaged)" : version) + ", schema " + SchemaVersion.CURRENT
                + ", Java " + Runtime.version();
    }

    /** The same for {@code --version}. */
    static final class Provider implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {text()};
        }
    }
}
