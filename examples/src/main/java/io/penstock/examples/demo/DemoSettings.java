package io.penstock.examples.demo;

import java.time.Duration;

/**
 * What a run of the demo may vary.
 *
 * @param warmUp full load before the measured window
 * @param duration the measured window
 * @param deliveriesAtOnce how many deliveries are there when the load begins
 * @param patience how long, after the window, unfinished runbook steps are waited for
 */
public record DemoSettings(
        long seed,
        int deliveriesAtOnce,
        Duration warmUp,
        Duration duration,
        Duration patience,
        Pace pace,
        IngestVariant ingest) {

    static final Duration WARM_UP = Duration.ofSeconds(5);
    static final Duration PATIENCE = Duration.ofSeconds(60);

    /** How runbook steps are spread over time, always the same number of them. */
    public enum Pace {
        EVEN,
        POISSON
    }

    /** What a delivery spends its time on: waiting for its file, or parsing it over and over. */
    public enum IngestVariant {
        DOWNLOAD,
        CPU
    }

    /** The demo as it is documented. */
    public static DemoSettings of(long seed, Duration duration, Pace pace, IngestVariant ingest) {
        return new DemoSettings(seed, Workload.DELIVERIES_AT_ONCE, WARM_UP, duration, PATIENCE, pace, ingest);
    }
}
