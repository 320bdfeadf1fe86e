package io.penstock.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.admin.cli.DatabaseSettings;
import io.penstock.admin.cli.ErrorReport;
import io.penstock.admin.cli.ExitCode;
import io.penstock.error.ContentionException;
import io.penstock.error.DatabaseUnavailableException;
import io.penstock.error.RefusedException;
import io.penstock.error.SchemaException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class MainTest {

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void versionNamesPenstockItsSchemaAndJava() {
        assertThat(run("version")).isEqualTo(ExitCode.OK);
        assertThat(out.toString()).contains("Penstock ", "schema ", "Java ");
    }

    @Test
    void helpListsTheExitCodes() {
        assertThat(run("--help")).isEqualTo(ExitCode.OK);
        assertThat(out.toString()).contains("demo", "migrate", "admin", "3   the database cannot be reached");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "unknown",
                "demo --unknown",
                "demo --duration soon",
                "demo --duration 1s",
                "demo --seed many",
                "demo --ingest magic",
                "demo --json /no/such/directory/figures.json",
                "admin --port many",
                "queues",
                "queues unknown",
                "queues show",
                "jobs",
                "schedules",
                "schedules next",
                "schedules next nightly -n many",
                "jobs show none",
                "jobs list --limit many",
                "enqueue mail",
                "enqueue mail welcome {} --run-at soon",
                "enqueue mail welcome {} --priority none",
                "bench",
                "bench unknown",
                "bench drain --jobs 0",
                "bench drain --jobs many",
                "bench drain --slots 10001",
                "bench held-snapshot --minutes 0",
                "bench enqueue --batches 10001",
                "bench backlog --sizes 20m",
                "bench host-commit --clients 0",
                "bench drain --json /no/such/directory/figures.json"
            })
    void wrongUsageIsRefused(String arguments) {
        assertThat(run(arguments.isEmpty() ? new String[0] : arguments.split(" ")))
                .isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).isNotBlank().doesNotContain("\tat ");
    }

    @Test
    void aBadSizeIsToldWithWhatWasExpected() {
        assertThat(run("bench", "drain", "--rounds", "0")).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("--rounds: expected 1 to 100, was 0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"drain", "enqueue", "held-snapshot", "backlog", "host-commit"})
    void eachBenchmarkExplainsItself(String benchmark) {
        assertThat(run("bench", benchmark, "--help")).isEqualTo(ExitCode.OK);
        assertThat(out.toString()).contains("--json", "Exit codes:");
    }

    @Test
    void eachKindOfErrorHasItsStatus() {
        assertThat(ErrorReport.status(new DatabaseUnavailableException("away"))).isEqualTo(ExitCode.DATABASE);
        assertThat(ErrorReport.status(new SchemaException("older"))).isEqualTo(ExitCode.DATABASE);
        assertThat(ErrorReport.status(new RefusedException("bad"))).isEqualTo(ExitCode.USAGE);
        assertThat(ErrorReport.status(new ContentionException("busy", null))).isEqualTo(ExitCode.FAILED);
    }

    @Test
    void theDatabaseMustBeNamed() {
        assertThatThrownBy(() -> DatabaseSettings.from(Map.of()))
                .isInstanceOf(RefusedException.class)
                .hasMessageStartingWith(
                        "PENSTOCK_DATABASE_URL: expected jdbc:postgresql://host:port/database, was not set");
        assertThatThrownBy(() -> DatabaseSettings.from(Map.of("PENSTOCK_DATABASE_URL", "localhost:5432/service")))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("was \"localhost:5432/service\"");
    }

    private int run(String... arguments) {
        CommandLine commandLine = Main.commandLine();
        commandLine.setOut(new PrintWriter(out, true));
        commandLine.setErr(new PrintWriter(err, true));
        return commandLine.execute(arguments);
    }
}
