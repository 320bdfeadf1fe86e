package io.penstock.examples.demo;

/**
 * How the jobs of one type fared in a phase. Latencies are in milliseconds; the wait ends with the first claim, total with the
 * end of the job.
 *
 * @param count the jobs that the latencies are of
 * @param jobsPerSecond how many finished per second of the measured window
 * @param unfinished runbook steps that had not finished when the phase ended; deliveries that had arrived in the measured
 *     window or before and had not finished at its end
 */
record JobFigures(long count, Latency waited, Latency total, double jobsPerSecond, long unfinished) {

    /** Percentiles that are samples themselves. */
    record Latency(double p50, double p95, double p99, double max) {}
}
