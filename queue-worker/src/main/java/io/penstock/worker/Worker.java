package io.penstock.worker;

import io.penstock.JobQueue;
import io.penstock.alert.Times;
import io.penstock.alert.Watch;
import io.penstock.connect.Link;
import io.penstock.connect.Turns;
import io.penstock.database.SqlFailure;
import io.penstock.dispatch.Dispatcher;
import io.penstock.job.ConcurrencyBudget;
import io.penstock.maintain.Maintainer;
import io.penstock.objective.Objective;
import io.penstock.observe.Events;
import io.penstock.observe.WorkerEvent.StrictLimitOverlapped;
import io.penstock.observe.WorkerEvent.WorkerStopped;
import io.penstock.observe.WorkerListener;
import io.penstock.observe.WorkerMetrics;
import io.penstock.renew.HeartBeat;
import io.penstock.run.Slots;
import io.penstock.store.FleetStore.Member;
import io.penstock.store.ObjectiveStore;
import io.penstock.store.ObjectiveStore.StoredObjective;
import io.penstock.store.QueueStore;
import io.penstock.store.QueueStore.StoredQueue;
import io.penstock.transaction.TransactionLimits;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the jobs of some queues inside a service's own process. Started by {@link WorkerBuilder#start}, stopped by
 * {@link #close}. Safe for use by many threads.
 *
 * <p>It holds at most five connections of the data source: one that says that it lives, one for queues with guarantees,
 * one for the others, one for maintenance, one that watches over objectives. Handlers run on platform threads, at most capacity and headroom at once.
 *
 * <p>When the server goes away, it tries again with back-off until it is back; handlers that run meanwhile end as usual,
 * and their ends are written afterwards.
 */
public final class Worker implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Worker.class);
    private static final Duration AFTER_INTERRUPT = Duration.ofSeconds(2);

    private final String name;
    private final Duration drainTimeout;
    private final List<Lane> lanes = new CopyOnWriteArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final Events events;
    private final Turns turns = new Turns();
    private final Map<Integer, String> names = new LinkedHashMap<>(); // complete before any thread starts
    private final Slots slots;
    private final HeartBeat heartBeat;
    private final Maintainer maintainer;
    private final Dispatcher dispatcher;
    private final Watchdog watchdog;
    private final List<SlotMetrics> metrics;
    private final Watch watch;
    private final Runnable stopListening;
    private volatile boolean closed;

    Worker(WorkerBuilder builder) {
        this.name = builder.name;
        this.drainTimeout = builder.drainTimeout;
        Times times = new Times();
        Map<String, Integer> recorded = new ConcurrentHashMap<>();
        List<WorkerListener> listeners = new ArrayList<>(builder.listeners);
        listeners.add(new Recorder(times, recorded));
        this.events = new Events(listeners);
        JobQueue jobQueue = builder.jobQueue;
        DataSource dataSource = jobQueue.dataSource();
        builder.declare();
        this.slots = new Slots(
                name,
                builder.capacity + builder.effectiveHeadroom(),
                builder.handlers(),
                builder.onVirtualThreads,
                this::surplus,
                events);
        this.heartBeat = new HeartBeat(
                name,
                new Link("worker \"" + name + "\" heart-beat", dataSource, events, TransactionLimits.HEARTBEAT, turns),
                events,
                this::fenced,
                slots::cancel,
                this::heard);
        Map<String, Integer> ids = register(dataSource, builder.queues.keySet(), builder.metrics);
        Map<Integer, ConcurrencyBudget> budgets = new LinkedHashMap<>();
        builder.queues.forEach((queue, definition) -> budgets.put(id(ids, queue), definition.budget()));
        ids.forEach((queue, id) -> names.put(id, queue));
        recorded.putAll(ids);
        this.dispatcher =
                new Dispatcher(builder.capacity, builder.effectiveHeadroom(), budgets, builder.longestRuns(ids));
        dispatcher.share(Map.of()); // before it has its shares, it starts nothing
        this.maintainer = new Maintainer(
                new Link(
                        "worker \"" + name + "\" maintenance",
                        dataSource,
                        events,
                        TransactionLimits.MAINTENANCE,
                        turns),
                events,
                new Maintained(heartBeat, dispatcher, slots, lanes),
                new Member(0, builder.capacity, builder.effectiveHeadroom(), budgets.keySet()));
        join();

        WorkerParts parts = new WorkerParts(
                dispatcher, slots, heartBeat, maintainer, events, new Lateness(times, new Waits()), lanes);
        addLane(parts, "guaranteed", dataSource, ids, builder, true);
        addLane(parts, "spare", dataSource, ids, builder, false);
        this.stopListening = jobQueue.onCommit(names -> names.forEach(queue -> wake(ids.getOrDefault(queue, 0))));

        this.watchdog = new Watchdog(parts, names);
        this.metrics = builder.registries.stream()
                .map(registry -> new SlotMetrics(registry, dispatcher, name, names))
                .toList();

        start("heartbeat", heartBeat);
        start("maintenance", maintainer);
        start("watchdog", watchdog);
        this.watch = new Watch(name, dataSource, times, builder.alertListeners).start();
        for (int index = 0; index < lanes.size(); index++) {
            start("lane-" + index, lanes.get(index));
        }
    }

    /** A worker for the jobs of a queue. */
    public static WorkerBuilder on(JobQueue jobQueue) {
        return new WorkerBuilder(jobQueue);
    }

    /** How it is, for whoever decides whether to send it work or to start it anew. */
    public WorkerHealth health() {
        long now = System.nanoTime();
        String slowest = "heart-beat";
        long rest = now - heartBeat.movedAt();
        for (int index = 0; index < lanes.size(); index++) {
            long ofLane = now - lanes.get(index).movedAt();
            if (ofLane > rest) {
                slowest = "lane-" + index;
                rest = ofLane;
            }
        }
        return new WorkerHealth(heartBeat.fresh(), closed, slowest, Duration.ofNanos(Math.max(0, rest)));
    }

    /**
     * Stops: claims nothing more, waits for handlers for the drain timeout, then interrupts them and gives back what they
     * did not finish, without charging the attempt. Returns when the worker holds nothing any more.
     */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        stopListening.run();
        lanes.forEach(Lane::drain);
        slots.drain();
        awaitIdle(drainTimeout);
        slots.stop();
        awaitIdle(AFTER_INTERRUPT);
        lanes.forEach(Lane::stop);
        maintainer.stop();
        heartBeat.stop();
        watchdog.stop();
        watch.close();
        metrics.forEach(SlotMetrics::remove);
        try {
            for (Thread thread : threads) {
                thread.join();
            }
            heartBeat.end(lanes.stream().allMatch(Lane::leftNothing));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } catch (SQLException failure) {
            log.info(
                    "worker \"{}\" could not take itself off the list, others will: {}",
                    name,
                    SqlFailure.describe(failure));
        }
        events.tell(new WorkerStopped(name));
    }

    private void wake(int queueId) {
        if (dispatcher != null && queueId != 0) {
            dispatcher.wake(queueId);
            lanes.forEach(Lane::signal);
        }
    }

    private int surplus(int queueId) {
        return dispatcher.surplus(queueId);
    }

    /** What runs belongs to others now. Its handlers are told so, but nobody can make them stop at once. */
    private void fenced() {
        names.forEach((queueId, queue) -> {
            int running = dispatcher.running().getOrDefault(queueId, 0);
            if (running > 0 && dispatcher.strict(queueId)) {
                events.tell(new StrictLimitOverlapped(queue, running));
            }
        });
        slots.interrupt();
    }

    /** Somebody enqueued: what is to be run now, or soon. */
    private void heard(int queueId) {
        wake(queueId);
        if (maintainer != null) {
            maintainer.stir();
        }
    }

    private Map<String, Integer> register(DataSource dataSource, Set<String> names, List<WorkerMetrics> metersOf) {
        try (Link link = new Link("worker \"" + name + "\" start", dataSource, events)) {
            Map<String, Integer> ids = queueIds(link, names);
            List<Objective> promised = link.inTransaction(ObjectiveStore::all).stream()
                    .map(StoredObjective::objective)
                    .toList();
            metersOf.forEach(meters -> meters.promised(promised));
            heartBeat.register(link);
            return ids;
        } catch (SQLException failure) {
            heartBeat.abandon();
            throw SqlFailure.translate("start of worker \"" + name + "\"", failure);
        }
    }

    private void join() {
        try {
            maintainer.join();
        } catch (SQLException failure) {
            heartBeat.abandon();
            throw SqlFailure.translate("start of worker \"" + name + "\"", failure);
        }
    }

    /** The numbers of some queues, by name. */
    static Map<String, Integer> queueIds(Link link, Set<String> names) throws SQLException {
        Map<String, Integer> ids = new LinkedHashMap<>();
        for (StoredQueue queue : link.inTransaction(QueueStore::all)) {
            if (names.contains(queue.name())) {
                ids.put(queue.name(), queue.queueId());
            }
        }
        return ids;
    }

    private void addLane(
            WorkerParts parts,
            String kind,
            DataSource dataSource,
            Map<String, Integer> ids,
            WorkerBuilder builder,
            boolean guaranteed) {
        List<LaneQueue> queues = builder.queues.values().stream()
                .filter(queue -> (queue.budget().guarantee() > 0) == guaranteed)
                .map(queue -> new LaneQueue(id(ids, queue.name()), queue.name()))
                .toList();
        if (!queues.isEmpty()) {
            lanes.add(new Lane(
                    parts,
                    new Link(
                            "worker \"" + name + "\" " + kind + " queues",
                            dataSource,
                            events,
                            TransactionLimits.DEFAULT,
                            turns),
                    queues));
        }
    }

    static int id(Map<String, Integer> ids, String queue) {
        Integer id = ids.get(queue);
        if (id == null) {
            throw new IllegalStateException("queue \"" + queue + "\" was declared and is not there");
        }
        return id;
    }

    private void start(String part, Runnable loop) {
        Thread thread = new Thread(loop, "penstock-" + name + "-" + part);
        threads.add(thread);
        thread.start();
    }

    private void awaitIdle(Duration atMost) {
        long until = System.nanoTime() + atMost.toNanos();
        try {
            while (System.nanoTime() < until && !lanes.stream().allMatch(Lane::idle)) {
                TimeUnit.MILLISECONDS.sleep(5);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
