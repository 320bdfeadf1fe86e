package io.penstock.examples.drill;

import io.penstock.testkit.TcpProxy;
import io.penstock.testkit.TcpProxy.Mode;
import io.penstock.worker.Worker;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** One form of the fault, met by one of the two writers: a quarter of the time well, the fault, after five eighths the change is taken back, and on. */
final class DualWriteRun implements AutoCloseable {

    private static final Duration EQUAL_WITHIN = Duration.ofSeconds(30);
    private static final Duration WARM_UP = Duration.ofSeconds(3);
    private static final String TERMINATE_ITS_WRITER = "SELECT pg_terminate_backend(s.pid) FROM pg_stat_activity AS s"
            + " WHERE s.backend_xid::text = (SELECT t.xmax::text FROM tenant AS t WHERE t.key = '" + TenantTable.TENANT
            + "')";

    /** What came of it. Latencies in milliseconds. */
    record Result(
            double lockOnB,
            int waiting,
            long errorsOfOthers,
            double p99Before,
            double p99Since,
            double errorsAfterPercent,
            double equalAfter,
            long notOnce) {}

    private final TwoClusters clusters;
    private final Form form;
    private final boolean naive;
    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private final TenantWriter writer;
    private final TenantWriter faulty;
    private final @Nullable TcpProxy proxy;
    private final @Nullable WriterProcess process;

    private DualWriteRun(TwoClusters clusters, Form form, boolean naive) throws SQLException, IOException {
        this.clusters = clusters;
        this.form = form;
        this.naive = naive;
        clusters.begin("penstock_drill_" + form.key() + (naive ? "_naive" : "_penstock"));
        this.writer = keep(naive ? new NaiveWriter(clusters.toA(), clusters.toB()) : penstock());
        this.proxy = form == Form.CUT_OFF ? keep(TcpProxy.before(clusters.toB())) : null;
        this.faulty = proxy == null
                ? writer
                : keep(
                        naive
                                ? new NaiveWriter(clusters.toA(), proxy.dataSource(clusters.toB()))
                                : new PenstockWriter(clusters.toA(), proxy.dataSource(clusters.toB())));
        this.process = form.inProcess() ? keep(WriterProcess.start(form, naive, clusters.toA(), clusters.toB())) : null;
    }

    private PenstockWriter penstock() {
        PenstockWriter penstock = new PenstockWriter(clusters.toA(), clusters.toB());
        Worker worker = penstock.worker(clusters.toA());
        keep(worker::close);
        return penstock;
    }

    private <C extends AutoCloseable> C keep(C closeable) {
        open.push(closeable);
        return closeable;
    }

    static Result of(TwoClusters clusters, Form form, boolean naive, long seed, Duration length) throws Exception {
        try (DualWriteRun run = new DualWriteRun(clusters, form, naive)) {
            return run.measure(seed, length);
        }
    }

    private Result measure(long seed, Duration length) throws Exception {
        TenantLoad load = keep(new TenantLoad(writer, seed));
        load.run(WARM_UP);
        if (proxy != null) {
            faulty.write("tenant-1", load.nextNumber());
        }
        try (LockWatch locks = LockWatch.start(clusters)) {
            long begun = System.nanoTime();
            load.run(length.dividedBy(4));
            long fault = System.nanoTime();
            long number = load.nextNumber();
            load.callers().execute(() -> meetTheFault(number));
            load.run(length.multipliedBy(3).dividedBy(8));
            takeBack();
            load.run(length.dividedBy(4));
            long settled = System.nanoTime();
            load.run(length.dividedBy(8));
            long end = System.nanoTime();
            load.settle();
            double equal = secondsUntilEqual(length.compareTo(EQUAL_WITHIN) < 0 ? length : EQUAL_WITHIN);
            return new Result(
                    locks.longestLock(),
                    locks.mostWaiting(),
                    load.errors(fault, end, false),
                    load.p99(begun, fault),
                    load.p99(fault, end),
                    100.0 * load.errors(settled, end, true) / load.count(settled, end, true),
                    equal,
                    writesNotOnceOnB());
        }
    }

    private void meetTheFault(long number) {
        try {
            if (process != null) {
                process.writeInto(form, number);
            } else {
                faulty.writeInto(form, TenantTable.TENANT, number, this::make);
            }
        } catch (Exception failure) {
            return; // to its caller; what it left behind is what is looked at
        }
    }

    private void make() throws SQLException, IOException {
        switch (form) {
            case TRIGGER -> clusters.runOnA("INSERT INTO broken VALUES ('" + TenantTable.TENANT + "')");
            case TERMINATED -> clusters.queryA(TERMINATE_ITS_WRITER);
            case STANDBY -> standby("ALTER SYSTEM SET synchronous_standby_names = '*'", "*");
            case CUT_OFF -> {
                if (proxy != null) {
                    proxy.mode(Mode.BLACK_HOLE);
                }
            }
            case STOPPED, KILLED -> throw new IllegalStateException("made by whoever started the process");
        }
    }

    /** The cause is gone, and no session was ended for it. */
    private void takeBack() throws SQLException {
        if (form == Form.TRIGGER) {
            clusters.runOnA("DELETE FROM broken");
        } else if (form == Form.STANDBY) {
            standby("ALTER SYSTEM RESET synchronous_standby_names", "");
        }
    }

    private void standby(String sql, String expected) throws SQLException {
        clusters.runOnA(sql);
        clusters.runOnA("SELECT pg_reload_conf()");
        while (!clusters.queryA("SHOW synchronous_standby_names").get(0).equals(expected)) {
            Thread.onSpinWait();
        }
    }

    private double secondsUntilEqual(Duration patience) throws SQLException, InterruptedException {
        String hash = "SELECT md5(string_agg(key || ' ' || number, ',' ORDER BY key COLLATE \"C\")) FROM tenant";
        long start = System.nanoTime();
        while (!clusters.queryA(hash).equals(clusters.queryB(hash))) {
            if (System.nanoTime() - start > patience.toNanos()) {
                return Double.POSITIVE_INFINITY;
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
        return (System.nanoTime() - start) / 1e9;
    }

    /** Those that A has and B has not exactly once, and those that only B has. */
    private long writesNotOnceOnB() throws SQLException {
        String written = "SELECT key || ' ' || number FROM written";
        List<String> onA = clusters.queryA(written);
        Map<String, Long> onB = clusters.queryB(written).stream()
                .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
        long notOnce =
                onA.stream().filter(write -> onB.getOrDefault(write, 0L) != 1).count();
        onB.keySet().removeAll(onA);
        return notOnce + onB.size();
    }

    /** Whoever hangs is let go by the ends of their sessions, which nobody did before this. */
    @Override
    public void close() throws Exception {
        if (naive) {
            clusters.endSessions();
        }
        for (AutoCloseable one : open) {
            one.close();
        }
        clusters.end();
    }
}
