package io.penstock.examples.demo;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.concurrent.TimeUnit;

/**
 * In the CPU-bound variant a delivery comes at once and is parsed over and over, until its thread has used as much
 * processor time as its download would have taken.
 */
record CpuBurden(DemoSettings settings) {

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    /** Parses a file once. */
    @FunctionalInterface
    interface Parse<T> {
        T run() throws IOException;
    }

    <T> T repeat(int delivery, Parse<T> parse) throws IOException {
        long start = THREADS.getCurrentThreadCpuTime();
        T parsed = parse.run();
        if (settings.ingest() == DemoSettings.IngestVariant.CPU) {
            long wanted = TimeUnit.MILLISECONDS.toNanos(LocalServices.downloadMillis(settings, delivery));
            while (THREADS.getCurrentThreadCpuTime() - start < wanted) {
                parsed = parse.run();
            }
        }
        return parsed;
    }
}
