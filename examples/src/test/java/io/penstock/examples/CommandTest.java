package io.penstock.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.JobQueue;
import io.penstock.admin.cli.ExitCode;
import io.penstock.job.JobType;
import io.penstock.job.NewJob;
import io.penstock.job.QueueDefinition;
import io.penstock.testkit.PenstockDatabase;
import java.io.BufferedReader;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Commands as the one jar runs them, on a database of their own with the queue "mail". */
abstract class CommandTest {

    record Welcome(String email) {}

    static final JobType<Welcome> WELCOME = JobType.of("welcome", Welcome.class).onQueue("mail");
    private static final JsonMapper JSON = JsonMapper.builder().build();

    final PenstockDatabase database = PenstockDatabase.create("commands", true);
    final JobQueue queue = database.jobQueue();
    Map<String, String> environment = Map.of();
    String out = "";
    String err = "";

    @Nullable
    String answer;

    @BeforeEach
    void makeQueue() {
        environment = environment(
                PenstockDatabase.server().user(), PenstockDatabase.server().password());
        queue.declare(QueueDefinition.of("mail", 1, 4, 1));
    }

    @AfterEach
    void dropDatabase() throws SQLException {
        database.close();
    }

    Map<String, String> environment(String user, @Nullable String password) {
        Map<String, String> variables = new HashMap<>();
        variables.put("PENSTOCK_DATABASE_URL", database.url());
        variables.put("PENSTOCK_DATABASE_USER", user);
        if (password != null) {
            variables.put("PENSTOCK_DATABASE_PASSWORD", password);
        }
        return variables;
    }

    int run(String... arguments) {
        StringWriter written = new StringWriter();
        StringWriter remarks = new StringWriter();
        BufferedReader person = answer == null ? null : new BufferedReader(new StringReader(answer));
        CommandLine commandLine = Main.commandLine(environment, person);
        commandLine.setOut(new PrintWriter(written, true));
        commandLine.setErr(new PrintWriter(remarks, true));
        int status = commandLine.execute(arguments);
        out = written.toString();
        err = remarks.toString();
        if (Collections.disjoint(List.of(arguments), List.of("--json", "export"))) {
            assertThat(out.lines()).allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(120));
        }
        return status;
    }

    JsonNode json(String... arguments) {
        return json(ExitCode.OK, arguments);
    }

    JsonNode json(int status, String... arguments) {
        String[] all = Arrays.copyOf(arguments, arguments.length + 1);
        all[arguments.length] = "--json";
        StringWriter written = new StringWriter();
        CommandLine commandLine = Main.commandLine(environment, null);
        commandLine.setOut(new PrintWriter(written, true));
        commandLine.setErr(new PrintWriter(new StringWriter(), true));
        assertThat(commandLine.execute(all)).as(written.toString()).isEqualTo(status);
        return JSON.readTree(written.toString());
    }

    NewJob<Welcome> job() {
        return WELCOME.with(new Welcome("ada@example.org"));
    }
}
