package io.penstock.examples;

import io.penstock.admin.cli.ExitCode;
import io.penstock.admin.cli.Surroundings;
import io.penstock.process.Fatal;
import io.penstock.process.WorkerConfiguration;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** A worker as a process of its own: no Java to write, or that of plug-ins. */
@Command(
        name = "worker",
        description = {
            "Runs the jobs of the queues in its file until it is told to end. docs/WORKER.md explains the file.",
            "SIGTERM or Ctrl-C: claims nothing more and lets handlers end, up to worker.drain-timeout; again: ends at once."
        })
final class WorkerCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--config", required = true, paramLabel = "FILE", description = "The worker's file, YAML.")
    private Path file = Path.of("penstock.yaml");

    @Option(
            names = "--check",
            description = "Print every setting with where it came from, secrets masked, and end without connecting.")
    private boolean check;

    @Override
    public Integer call() throws InterruptedException {
        try (WorkerConfiguration configuration =
                WorkerConfiguration.read(file, Surroundings.of(spec).environment())) {
            configuration
                    .unusedVariables()
                    .forEach(name -> remark("environment " + name + ": means nothing to this worker; misspelt?"));
            if (check) {
                print(configuration);
                return ExitCode.OK;
            }
            return run(configuration);
        }
    }

    private int run(WorkerConfiguration configuration) throws InterruptedException {
        Main.logEverything();
        CompletableFuture<Ending> ending = new CompletableFuture<>();
        Signals.listen(
                signal -> ending.complete(new Ending(signal, ExitCode.OK)),
                signal -> remark(signal + " again: ends at once; what runs is made available again by others"));
        try (RunningWorker running = RunningWorker.start(configuration, (fatal, why) -> fatal(ending, fatal, why))) {
            say(running.describe());
            Ending end = ending.join();
            long start = System.nanoTime();
            say(end.why() + ": drains, " + running.attempts() + " attempts run; they have "
                    + configuration.drainTimeout().toSeconds() + " s");
            int left = running.drain();
            say("stopped after " + Duration.ofNanos(System.nanoTime() - start).toMillis() + " ms; " + left
                    + " attempts were interrupted");
            return end.exitCode();
        }
    }

    /** Why it ends, and with which status. */
    private record Ending(String why, int exitCode) {}

    /** Without memory nothing is certain to work, an orderly end least of all: others take over within seconds. */
    private void fatal(CompletableFuture<Ending> ending, Fatal fatal, String why) {
        if (fatal == Fatal.VIRTUAL_MACHINE) {
            try {
                remark("ends at once: " + why);
            } finally {
                Runtime.getRuntime().halt(ExitCode.VIRTUAL_MACHINE);
            }
        }
        ending.complete(new Ending("ends itself: " + why, ExitCode.STUCK));
    }

    private void print(WorkerConfiguration configuration) {
        configuration
                .settings()
                .forEach(setting -> say(setting.path() + ": " + setting.shown() + "  (" + setting.origin() + ")"));
        configuration
                .handlers()
                .forEach(handler -> say("job type " + handler.type().name() + ": "
                        + configuration.origin(handler.type().name())));
    }

    private void say(String line) {
        PrintWriter out = spec.commandLine().getOut();
        out.println(line);
        out.flush();
    }

    private void remark(String line) {
        PrintWriter err = spec.commandLine().getErr();
        err.println("penstock: " + line);
        err.flush();
    }
}
