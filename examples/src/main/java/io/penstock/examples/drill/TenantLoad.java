package io.penstock.examples.drill;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Fifty writes a second over twenty tenants, whether those before have ended or not. One that has not succeeded five seconds after it was due is an error to its
 * caller.
 */
final class TenantLoad implements AutoCloseable {

    private static final Duration BETWEEN = Duration.ofMillis(20);
    static final Duration PATIENCE = Duration.ofSeconds(5);

    /** A write as its caller saw it; without an end if it failed. */
    private record Call(String key, long due, long ended) {

        private static final long FAILED = Long.MIN_VALUE;

        boolean ok() {
            return ended != FAILED && ended - due <= PATIENCE.toNanos();
        }
    }

    private final TenantWriter writer;
    private final Random random;
    private final ExecutorService callers = Executors.newCachedThreadPool();
    private final Queue<Call> ended = new ConcurrentLinkedQueue<>();
    private final List<Call> begun = new ArrayList<>();
    private final AtomicLong number = new AtomicLong();

    TenantLoad(TenantWriter writer, long seed) {
        this.writer = writer;
        this.random = new Random(seed);
    }

    long nextNumber() {
        return number.incrementAndGet();
    }

    /** For work beside the load, such as the write that meets the fault. */
    ExecutorService callers() {
        return callers;
    }

    /** Lets writes arrive for so long. */
    void run(Duration length) throws InterruptedException {
        long start = System.nanoTime();
        for (long at = 0; at < length.toNanos(); at += BETWEEN.toNanos()) {
            TimeUnit.NANOSECONDS.sleep(start + at - System.nanoTime());
            String key = "tenant-" + (1 + random.nextInt(TenantTable.TENANTS));
            Call call = new Call(key, start + at, Call.FAILED);
            begun.add(call);
            long value = nextNumber();
            callers.execute(() -> call(call, value));
        }
    }

    private void call(Call call, long value) {
        try {
            writer.write(call.key(), value);
            ended.add(new Call(call.key(), call.due(), System.nanoTime()));
        } catch (Exception failure) {
            ended.add(call);
        }
    }

    /** Waits for those that are under way, as long as their callers do. */
    void settle() throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (ended.size() < begun.size() && System.nanoTime() - deadline < 0) {
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    /** How many writes that were due in a time did not succeed in time, of all tenants or all but the one that met the fault. */
    long errors(long from, long to, boolean ofAll) {
        return count(from, to, ofAll) - latencies(from, to, ofAll).length;
    }

    long count(long from, long to, boolean ofAll) {
        return begun.stream().filter(call -> within(call, from, to, ofAll)).count();
    }

    /** In milliseconds, of the other tenants. */
    double p99(long from, long to) {
        double[] latencies = latencies(from, to, false);
        return latencies.length == 0
                ? Double.POSITIVE_INFINITY
                : latencies[(int) Math.ceil(latencies.length * 0.99) - 1];
    }

    private double[] latencies(long from, long to, boolean ofAll) {
        double[] latencies = ended.stream()
                .filter(call -> call.ok() && within(call, from, to, ofAll))
                .mapToDouble(call -> (call.ended() - call.due()) / 1e6)
                .toArray();
        Arrays.sort(latencies);
        return latencies;
    }

    private static boolean within(Call call, long from, long to, boolean ofAll) {
        return call.due() >= from && call.due() < to && (ofAll || !call.key().equals(TenantTable.TENANT));
    }

    @Override
    public void close() {
        callers.shutdownNow();
    }
}
