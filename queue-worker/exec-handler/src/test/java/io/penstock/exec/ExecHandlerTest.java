package io.penstock.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.configure.ConfigurationFile;
import io.penstock.error.RefusedException;
import io.penstock.handler.HandlerOptions;
import io.penstock.handler.HandlerRegistration;
import io.penstock.handler.JobHandler;
import io.penstock.job.JsonText;
import io.penstock.job.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A command gets its payload and nothing of the worker's; nothing that it started outlives its attempt. */
class ExecHandlerTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path directory;

    @Test
    void thePayloadIsItsInputAndStatusZeroCompletes() throws Exception {
        Path copy = directory.resolve("copy");
        assertThat(run("cat > " + copy, "{\"n\": \"$(id); `id`\"}")).isEqualTo(Outcome.completed());
        assertThat(copy).hasContent("{\"n\": \"$(id); `id`\"}");
    }

    @Test
    void aCommandThatDoesNotReadItsInputIsNotHeldUpByIt() throws Exception {
        assertThat(run("exit 0", "\"" + "x".repeat(1_000_000) + "\"")).isEqualTo(Outcome.completed());
    }

    @Test
    void itRunsInTheDirectoryOfTheFile() throws Exception {
        assertThat(run("pwd -P > here", "{}")).isEqualTo(Outcome.completed());
        assertThat(directory.resolve("here")).hasContent(directory.toRealPath().toString());
    }

    @Test
    void anotherStatusFailsWithTheEndOfTheOutput() throws Exception {
        assertThat(run("echo said; echo wrong >&2; exit 3", "{}"))
                .isInstanceOfSatisfying(Outcome.Failed.class, failed -> {
                    assertThat(failed.error()).hasMessage("command \"it\" ended with status 3: said\nwrong\n");
                    assertThat(failed.retryAfter()).isNull();
                });
    }

    @Test
    void statusSeventyFiveIsTriedAgainWhenTheFileSays() throws Exception {
        assertThat(run("exit 75", "{}"))
                .isInstanceOfSatisfying(
                        Outcome.Failed.class,
                        failed -> assertThat(failed.retryAfter()).isEqualTo(Duration.ofSeconds(7)));
    }

    @RepeatedTest(20)
    void ofALongOutputTheEndIsKept() throws Exception {
        assertThat(run("head -c 3000000 /dev/zero | tr '\\0' x; echo end; exit 1", "{}"))
                .isInstanceOfSatisfying(
                        Outcome.Failed.class,
                        failed -> assertThat(failed.error())
                                .hasMessage("command \"it\" ended with status 1: (2999904 bytes before) "
                                        + "x".repeat(96)
                                        + "end\n"));
    }

    @Test
    void theWorkersEnvironmentIsNotTheCommands() throws Exception {
        assertThat(System.getenv()).containsKey("HOME");
        Path seen = directory.resolve("seen");
        assertThat(run("/usr/bin/env > " + seen, "{}")).isEqualTo(Outcome.completed());
        List<String> names = Files.readAllLines(seen).stream()
                .map(line -> line.replaceAll("=.*", ""))
                .filter(name -> !List.of("PWD", "_", "SHLVL", "OLDPWD").contains(name))
                .toList();
        assertThat(names)
                .containsExactlyInAnyOrder(
                        "PATH",
                        "PENSTOCK_JOB",
                        "PENSTOCK_GENERATION",
                        "PENSTOCK_ATTEMPT",
                        "PENSTOCK_TYPE",
                        "PENSTOCK_QUEUE");
    }

    @Test
    void anInterruptEndsTheCommandWithItsGrandchildrenEvenIfTheyDoNotListen() throws Exception {
        Path pids = directory.resolve("pids");
        String grandchild = "trap '' TERM; echo $$ >> " + pids + "; while :; do sleep 1; done";
        Path script = Files.writeString(directory.resolve("grandchild.sh"), grandchild);
        JobHandler<JsonText> handler = handler("echo $$ >> " + pids + "; (/bin/sh " + script + " & wait) & wait");
        FutureTask<Outcome> attempt = new FutureTask<>(() -> handler.handle(new ExecJob("{}")));
        Thread thread = new Thread(attempt);
        thread.start();
        Awaitility.await()
                .atMost(PATIENCE)
                .until(() -> Files.exists(pids) && Files.readAllLines(pids).size() == 2);
        List<Long> started =
                Files.readAllLines(pids).stream().map(Long::valueOf).toList();
        thread.interrupt();
        assertThatThrownBy(() -> attempt.get(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .hasCauseInstanceOf(InterruptedException.class);
        assertThat(started).allSatisfy(pid -> assertThat(alive(pid)).isFalse());
    }

    @Test
    void whatACommandLeftRunningEndsWithIt() throws Exception {
        Path pid = directory.resolve("pid");
        assertThat(run("sleep 1000 & echo $! > " + pid + "; sleep 2", "{}")).isEqualTo(Outcome.completed());
        assertThat(alive(Long.parseLong(Files.readString(pid).strip()))).isFalse();
    }

    @Test
    void withoutLeaveOfTheFileThereIsNoHandler() {
        assertThat(handlers("exec: {commands: {it: [/bin/true]}}")).isEmpty();
        assertThat(handlers("exec: {enabled: false, commands: {it: [/bin/true]}}"))
                .isEmpty();
    }

    @Test
    void onlyTheCommandsOfTheFileHaveJobTypes() {
        assertThat(handlers("exec: {enabled: true, commands: {it: [/bin/true], other: [/bin/false]}}"))
                .extracting(registration -> registration.type().name())
                .containsExactly("exec/it", "exec/other");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            commands: {it: [sh, -c, id]} | expected a list of a program's absolute path and its arguments, was sh
            commands: {it: []} | expected a list of a program's absolute path and its arguments, was nothing
            commands: {It: [/bin/true]} | expected a lower-case letter followed by
            timeout: 1m | exec.commands: expected at least one, as exec is enabled, was none
            """)
    void aCommandThatIsNotOneIsRefused(String settings, String told) {
        assertThatThrownBy(() -> handlers("exec: {enabled: true, " + settings + "}"))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining(told);
    }

    private static boolean alive(long pid) {
        return ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isPresent();
    }

    private Outcome run(String script, String payload) throws Exception {
        return handler(script).handle(new ExecJob(payload));
    }

    private JobHandler<JsonText> handler(String script) throws Exception {
        Path file = Files.writeString(directory.resolve("command.sh"), script);
        ExecSettings settings = new ExecSettings(
                Map.of(),
                List.of(),
                Duration.ofMinutes(1),
                Duration.ofSeconds(7),
                HandlerOptions.DEFAULT,
                100,
                directory);
        return new ExecHandler("it", List.of("/bin/sh", file.toString()), settings);
    }

    private static List<HandlerRegistration<?>> handlers(String yaml) {
        ConfigurationFile file = ConfigurationFile.of("penstock.yaml", yaml, Map.of());
        List<HandlerRegistration<?>> handlers = new ArrayList<>();
        new ExecPlugin().handlers(file.root().section("exec")).forEach(handlers::add);
        file.finish();
        return handlers;
    }
}
