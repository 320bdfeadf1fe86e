package io.penstock.examples;

import io.penstock.migrate.Migrator;
import io.penstock.migrate.SchemaVersion;
import java.util.concurrent.Callable;
import org.postgresql.ds.PGSimpleDataSource;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Brings the schema of a database to the version of this code. */
@Command(name = "migrate", description = "Brings the schema of PENSTOCK_DATABASE_URL to this version.")
final class MigrateCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        DatabaseSettings settings = DatabaseSettings.from(System.getenv());
        PGSimpleDataSource dataSource = new PGSimpleDataSource();
        dataSource.setUrl(settings.url());
        dataSource.setUser(settings.user());
        dataSource.setPassword(settings.password());
        dataSource.setApplicationName("penstock-migrate");
        int applied = new Migrator(dataSource).migrate();
        spec.commandLine()
                .getOut()
                .println("schema \"penstock\": version " + SchemaVersion.CURRENT + ", "
                        + (applied == 0 ? "nothing to apply" : applied + " migrations applied"));
        return ExitCode.OK;
    }
}
