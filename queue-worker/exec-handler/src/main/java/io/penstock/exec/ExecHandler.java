package io.penstock.exec;

import io.penstock.handler.JobContext;
import io.penstock.handler.JobHandler;
import io.penstock.job.JsonText;
import io.penstock.job.Outcome;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs one command of the list. A job says which by its type and nothing else: its payload goes to the command's standard input as it
 * is, and into no argument and no variable.
 */
final class ExecHandler implements JobHandler<JsonText> {

    private static final Logger log = LoggerFactory.getLogger(ExecHandler.class);
    private static final String DEFAULT_PATH = "/usr/local/bin:/usr/bin:/bin";

    /** EX_TEMPFAIL of sysexits.h. */
    private static final int TEMPORARILY_UNABLE = 75;

    private final String name;
    private final List<String> command;
    private final ExecSettings settings;

    ExecHandler(String name, List<String> command, ExecSettings settings) {
        this.name = name;
        this.command = command;
        this.settings = settings;
    }

    @Override
    public Outcome handle(JobContext<JsonText> context) throws IOException, InterruptedException {
        Process process = builder(context).start();
        ProcessTree tree = new ProcessTree(process);
        LastBytes output = new LastBytes(settings.outputBytes());
        Thread reading = start("output", () -> output.read(process.getInputStream()));
        start("input", () -> write(process, context.payload().text()));
        int status;
        try {
            status = tree.await();
        } finally {
            tree.end(); // what it left running, or all of it if this thread was interrupted
        }
        reading.join();
        return outcome(status, output.text());
    }

    private Outcome outcome(int status, String output) {
        if (status == 0) {
            log.debug("exec command {}: {}", name, output);
            return Outcome.completed();
        }
        CommandFailedException failed =
                new CommandFailedException("command \"" + name + "\" ended with status " + status + ": " + output);
        return status == TEMPORARILY_UNABLE ? Outcome.failed(failed, settings.retryAfter()) : Outcome.failed(failed);
    }

    private ProcessBuilder builder(JobContext<?> context) {
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(settings.directory().toFile())
                .redirectErrorStream(true);
        Map<String, String> environment = builder.environment();
        environment.keySet().retainAll(settings.environment()); // the worker's own hold its secrets
        environment.putIfAbsent("PATH", DEFAULT_PATH);
        environment.put("PENSTOCK_JOB", context.attempt().jobId().toString());
        environment.put("PENSTOCK_GENERATION", String.valueOf(context.attempt().generation()));
        environment.put("PENSTOCK_ATTEMPT", String.valueOf(context.attempt().number()));
        environment.put("PENSTOCK_TYPE", context.type());
        environment.put("PENSTOCK_QUEUE", context.queue());
        return builder;
    }

    private static void write(Process process, String payload) throws IOException {
        try (OutputStream input = process.getOutputStream()) {
            input.write(payload.getBytes(StandardCharsets.UTF_8));
        }
    }

    /** What moves bytes to and from a command. */
    private interface Moving {
        void run() throws IOException;
    }

    /** A pipe breaks when the command ends, or does not care for its input: its status says what that means. */
    private Thread start(String part, Moving moving) {
        Thread thread = new Thread(
                () -> {
                    try {
                        moving.run();
                    } catch (IOException broken) {
                        log.debug("exec command {}: its {} was closed: {}", name, part, broken.toString());
                    }
                },
                "penstock-exec-" + name + "-" + part);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }
}
