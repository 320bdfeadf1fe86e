package io.penstock.examples;

import io.penstock.handler.HandlerOptions;
import io.penstock.handler.HandlerPlugin;
import io.penstock.handler.HandlerRegistration;
import io.penstock.handler.JobContext;
import io.penstock.handler.PluginSettings;
import io.penstock.job.JobType;
import io.penstock.job.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Handlers that a worker has trouble with. The tests make a jar of this class. */
public final class TroublePlugin implements HandlerPlugin {

    private static final List<Object> KEPT = new ArrayList<>();

    /** What all its jobs carry. */
    public record Nothing() {}

    @Override
    public String name() {
        return "trouble";
    }

    @Override
    public Iterable<HandlerRegistration<?>> handlers(PluginSettings settings) {
        Path release = Path.of(settings.text("release", "release"));
        return List.of(
                HandlerRegistration.of(JobType.of("slow", Nothing.class), context -> slow(context, release)),
                HandlerRegistration.of(JobType.of("nothing", Nothing.class), context -> Outcome.completed()),
                HandlerRegistration.of(JobType.of("heap", Nothing.class), TroublePlugin::heap),
                HandlerRegistration.of(JobType.of("files", Nothing.class), context -> files(release)),
                HandlerRegistration.of(JobType.of("memory", Nothing.class), context -> {
                    throw new OutOfMemoryError("none left");
                }),
                new HandlerRegistration<>(
                        JobType.of("endless", Nothing.class),
                        TroublePlugin::endless,
                        HandlerOptions.DEFAULT.timeout(Duration.ofMillis(100))));
    }

    /** Ends when a file is there. */
    private static Outcome slow(JobContext<Nothing> context, Path release) throws InterruptedException, IOException {
        Files.createFile(release.resolveSibling("started"));
        while (!Files.exists(release)) {
            TimeUnit.MILLISECONDS.sleep(20);
        }
        return Outcome.completed();
    }

    /** Takes all memory that there is, whoever is the next to ask for some. */
    private static Outcome heap(JobContext<Nothing> context) {
        while (true) {
            KEPT.add(new byte[1 << 20]);
        }
    }

    /** Opens files and closes none. */
    private static Outcome files(Path place) throws IOException {
        Path file = Files.createTempFile(place.toAbsolutePath().getParent(), "left", "open");
        while (true) {
            KEPT.add(Files.newInputStream(file));
        }
    }

    private static Outcome endless(JobContext<Nothing> context) {
        while (true) {
            LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
        }
    }
}
