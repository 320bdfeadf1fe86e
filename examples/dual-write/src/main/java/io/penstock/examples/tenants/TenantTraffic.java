package io.penstock.examples.tenants;

import java.time.Duration;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Fifty changes a second over twenty tenants, each followed by a look at what is there. */
final class TenantTraffic implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(TenantTraffic.class);
    private static final int TENANTS = 20;
    private static final int CALLERS = 4;
    private static final Duration BETWEEN = Duration.ofMillis(80);

    private final TenantService service;
    private final Random random = new Random(1);
    private final ScheduledExecutorService callers = Executors.newScheduledThreadPool(CALLERS);
    private final AtomicLong number = new AtomicLong();
    private final LongAdder changed = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final AtomicLong slowest = new AtomicLong();

    private TenantTraffic(TenantService service) {
        this.service = service;
    }

    static TenantTraffic start(TenantService service) {
        TenantTraffic traffic = new TenantTraffic(service);
        for (int caller = 0; caller < CALLERS; caller++) {
            traffic.callers.scheduleAtFixedRate(traffic::change, 0, BETWEEN.toMillis(), TimeUnit.MILLISECONDS);
        }
        return traffic;
    }

    private void change() {
        String id = "tenant-" + (1 + random.nextInt(TENANTS));
        long start = System.nanoTime();
        try {
            service.change(id, new Tenant("Tenant " + id, "plan-" + number.incrementAndGet()));
            if (service.find(id).isEmpty()) {
                throw new IllegalStateException("expected to find what was written a moment ago, found nothing");
            }
            changed.increment();
        } catch (RuntimeException failure) {
            failed.increment();
            log.warn("{} was not changed", id, failure);
        }
        slowest.accumulateAndGet(System.nanoTime() - start, Math::max);
    }

    void reset() {
        changed.reset();
        slowest.set(0);
    }

    String summary() {
        return changed.sum() + " changes, the slowest in " + TimeUnit.NANOSECONDS.toMillis(slowest.get()) + " ms, "
                + failed.sum() + " failed so far";
    }

    long failed() {
        return failed.sum();
    }

    @Override
    public void close() {
        callers.shutdown();
        try {
            if (!callers.awaitTermination(10, TimeUnit.SECONDS)) {
                log.warn("a change is still under way");
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
