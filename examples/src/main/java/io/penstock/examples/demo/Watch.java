package io.penstock.examples.demo;

import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Shows once a second what a phase has come to so far. */
final class Watch implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Watch.class);

    private final Measurement measurement;
    private final Phase phase;
    private final DemoSettings settings;
    private final Screen screen;
    private final Thread thread = new Thread(this::run, "demo-watch");
    private final long start = System.nanoTime();

    Watch(Measurement measurement, Phase phase, DemoSettings settings, Screen screen) {
        this.measurement = measurement;
        this.phase = phase;
        this.settings = settings;
        this.screen = screen;
    }

    void start() {
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        try {
            while (true) {
                TimeUnit.SECONDS.sleep(1);
                Duration elapsed = Duration.ofNanos(System.nanoTime() - start);
                screen.progress(phase, activity(elapsed), measurement.figures(phase));
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } catch (SQLException failure) {
            log.info("the live table stops: {}", failure.getMessage());
        }
    }

    private String activity(Duration elapsed) {
        Duration end = settings.warmUp().plus(settings.duration());
        if (elapsed.compareTo(settings.warmUp()) < 0) {
            return "warming up " + elapsed.toSeconds() + " of "
                    + settings.warmUp().toSeconds() + " s";
        }
        return elapsed.compareTo(end) < 0
                ? "measuring " + elapsed.minus(settings.warmUp()).toSeconds() + " of "
                        + settings.duration().toSeconds() + " s"
                : "waiting for steps, " + elapsed.minus(end).toSeconds() + " s";
    }

    @Override
    public void close() throws InterruptedException {
        thread.interrupt();
        thread.join();
    }
}
