package io.penstock.admin.cli;

import io.penstock.migrate.Migrator;
import io.penstock.migrate.SchemaVersion;
import java.util.concurrent.Callable;
import org.postgresql.ds.PGSimpleDataSource;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Brings the schema of a database to the version of this code. */
@Command(name = "migrate", description = "Brings the schema of PENSTOCK_DATABASE_URL to this version.")
public final class MigrateCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--json", description = "Print one JSON document and nothing else on standard output.")
    private boolean json;

    @Override
    public Integer call() {
        DatabaseSettings settings = DatabaseSettings.from(Surroundings.of(spec).environment());
        PGSimpleDataSource dataSource = new PGSimpleDataSource();
        dataSource.setUrl(settings.url());
        dataSource.setUser(settings.user());
        dataSource.setPassword(settings.password());
        dataSource.setApplicationName("penstock-migrate");
        int applied = new Migrator(dataSource).migrate();
        Output output =
                new Output(spec.commandLine().getOut(), spec.commandLine().getErr(), json, null);
        output.line("schema \"penstock\": version " + SchemaVersion.CURRENT + ", "
                + (applied == 0 ? "nothing to apply" : applied + " migrations applied"));
        output.document(Output.object().put("schema", SchemaVersion.CURRENT).put("applied", applied));
        return ExitCode.OK;
    }
}
