package io.penstock.worker;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import io.penstock.JobQueue;
import io.penstock.alert.AlertListener;
import io.penstock.handler.HandlerOptions;
import io.penstock.handler.HandlerRegistration;
import io.penstock.handler.JobHandler;
import io.penstock.handler.JobMiddleware;
import io.penstock.job.Checks;
import io.penstock.job.JobType;
import io.penstock.job.Limits;
import io.penstock.job.QueueDefinition;
import io.penstock.objective.AlertRoute;
import io.penstock.objective.Objective;
import io.penstock.observe.EventLog;
import io.penstock.observe.ObservedAttempts;
import io.penstock.observe.WorkerListener;
import io.penstock.observe.WorkerMetrics;
import io.penstock.run.Handlers;
import io.penstock.run.Registration;
import io.penstock.run.UnknownTypePolicy;
import io.penstock.schedule.ScheduleDefinition;
import io.penstock.schedule.Schedules;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Collects what a {@link Worker} is made of. Not safe for use by more than one thread. */
public final class WorkerBuilder {

    private static final int DEFAULT_CAPACITY = 16;

    final JobQueue jobQueue;
    final Map<String, QueueDefinition> queues = new LinkedHashMap<>();
    final Map<String, Registration<?>> registrations = new LinkedHashMap<>();
    final List<JobMiddleware> middleware = new ArrayList<>();
    final Set<String> onVirtualThreads = new HashSet<>();
    final Map<String, ScheduleDefinition> schedules = new LinkedHashMap<>();
    final List<Objective> objectives = new ArrayList<>();
    final List<AlertRoute> alertRoutes = new ArrayList<>();
    final List<AlertListener> alertListeners = new ArrayList<>();
    final List<WorkerListener> listeners = new ArrayList<>(List.of(new EventLog()));
    final List<WorkerMetrics> metrics = new ArrayList<>();
    final List<MeterRegistry> registries = new ArrayList<>();
    String name = "worker-" + ProcessHandle.current().pid();
    int capacity = DEFAULT_CAPACITY;

    @Nullable
    Integer headroom;

    UnknownTypePolicy unknownTypes = UnknownTypePolicy.WAIT;
    Duration drainTimeout = Duration.ofSeconds(30);

    WorkerBuilder(JobQueue jobQueue) {
        this.jobQueue = jobQueue;
    }

    /** What the worker is called in the log and in the database. */
    public WorkerBuilder name(String value) {
        this.name = Checks.matching(
                "worker name", value, "[A-Za-z0-9][A-Za-z0-9_.:-]{0,99}", "1 to 100 letters, digits or _ . : -");
        return this;
    }

    /** How many attempts may run at once; any queue may use these slots. */
    public WorkerBuilder capacity(int slots) {
        this.capacity = Checks.within("capacity", slots, 1, Limits.SLOTS);
        return this;
    }

    /**
     * How many more may run when a queue below its guarantee finds all slots taken. Threads and memory are to be
     * provisioned for capacity and headroom. The sum of all guarantees unless set.
     */
    public WorkerBuilder headroom(int slots) {
        this.headroom = Checks.within("headroom", slots, 0, Limits.SLOTS);
        return this;
    }

    /**
     * A queue to work on, made if it is new, with its concurrency budget, which holds over all workers together: each has its share, in
     * proportion to its capacity. What an operator has set stays until something else is given here than at the start before.
     */
    public WorkerBuilder queue(QueueDefinition queue) {
        if (queues.put(Checks.present("queue", queue).name(), queue) != null) {
            throw Checks.refused("queue " + Checks.quoted(queue.name()), "to be given once", "given twice");
        }
        return this;
    }

    /**
     * A schedule to be declared when the worker starts, after its queues. Workers fire all schedules, whoever declared them; a
     * schedule that nobody declares any more goes on until it is removed.
     */
    public WorkerBuilder schedule(ScheduleDefinition schedule) {
        if (schedules.put(Checks.present("schedule", schedule).name(), schedule) != null) {
            throw Checks.refused("schedule " + Checks.quoted(schedule.name()), "to be given once", "given twice");
        }
        return this;
    }

    /**
     * What is promised of a queue, to be declared when the worker starts, after its queues. What an operator has set stays until something else is
     * given here than at the start before; an objective that nobody declares any more stays until it is removed.
     */
    public WorkerBuilder objective(Objective objective) {
        objectives.add(Checks.present("objective", objective));
        return this;
    }

    /**
     * Where alerts of any queue are sent, by any process, to be declared when the worker starts, after its queues. A route that nobody declares any more stays
     * until it is removed.
     */
    public WorkerBuilder alertRoute(AlertRoute route) {
        alertRoutes.add(Checks.present("alert route", route));
        return this;
    }

    /** Is told of alerts of any queue that this worker is the first to see; each is logged in any case. */
    public WorkerBuilder alerts(AlertListener listener) {
        alertListeners.add(Checks.present("alert listener", listener));
        return this;
    }

    /** What runs the jobs of a type, with {@link HandlerOptions#DEFAULT}. */
    public <P extends Record> WorkerBuilder handle(JobType<P> type, JobHandler<P> handler) {
        return handle(type, handler, HandlerOptions.DEFAULT);
    }

    /** What runs the jobs of a type, and how. */
    public <P extends Record> WorkerBuilder handle(JobType<P> type, JobHandler<P> handler, HandlerOptions options) {
        Registration<P> registration = new Registration<>(
                Checks.present("job type", type),
                Checks.present("handler", handler),
                Checks.present("handler options", options));
        if (registrations.put(type.name(), registration) != null) {
            throw Checks.refused("job type " + Checks.quoted(type.name()), "one handler", "two");
        }
        return this;
    }

    /** The same, as something else brings it. */
    public <P extends Record> WorkerBuilder handle(HandlerRegistration<P> registration) {
        return handle(registration.type(), registration.handler(), registration.options());
    }

    /** What stands around every handler; the first one given is the outermost. */
    public WorkerBuilder middleware(JobMiddleware around) {
        middleware.add(Checks.present("middleware", around));
        return this;
    }

    /** Observes every attempt as {@code penstock.attempt}, as a continuation of the trace in which the job was enqueued. */
    public WorkerBuilder observations(ObservationRegistry registry) {
        return middleware(new ObservedAttempts(registry));
    }

    /**
     * Runs the attempts of a queue on virtual threads, for handlers that mostly wait. They are not time-sliced: a few handlers
     * that compute keep all others of the process from running. Needs Java 21.
     */
    public WorkerBuilder virtualThreads(String queue) {
        onVirtualThreads.add(QueueDefinition.checkName(queue));
        return this;
    }

    /** What becomes of jobs of types without a handler; they wait unless set. */
    public WorkerBuilder unknownTypes(UnknownTypePolicy policy) {
        this.unknownTypes = Checks.present("unknown type policy", policy);
        return this;
    }

    /** Records the worker's meters. */
    public WorkerBuilder meters(MeterRegistry registry) {
        registries.add(Checks.present("meter registry", registry));
        metrics.add(new WorkerMetrics(registry));
        return listener(metrics.get(metrics.size() - 1));
    }

    public WorkerBuilder listener(WorkerListener listener) {
        listeners.add(Checks.present("listener", listener));
        return this;
    }

    /** How long {@link Worker#close} waits for handlers before it interrupts them. */
    public WorkerBuilder drainTimeout(Duration timeout) {
        this.drainTimeout = Checks.within("drain timeout", timeout, Duration.ZERO, Duration.ofDays(1));
        return this;
    }

    /**
     * Starts the worker.
     *
     * @throws io.penstock.error.RefusedException if nothing is to be done
     * @throws io.penstock.error.DatabaseUnavailableException if the server cannot be reached now; later losses are
     *     recovered from
     */
    public Worker start() {
        check();
        return new Worker(this);
    }

    /**
     * A worker that runs one job at a time, on the thread that asks for it: for tests.
     *
     * @throws io.penstock.error.RefusedException as {@link #start}
     * @throws io.penstock.error.DatabaseUnavailableException if the server cannot be reached
     */
    public SteppedWorker stepped() {
        check();
        return new SteppedWorker(this);
    }

    /** Makes its queues, objectives and schedules what they are to be. */
    void declare() {
        jobQueue.declare(queues.values().toArray(QueueDefinition[]::new));
        if (!objectives.isEmpty()) {
            jobQueue.declareObjectives(objectives.toArray(Objective[]::new));
        }
        jobQueue.declareAlertRoutes(alertRoutes.toArray(AlertRoute[]::new));
        Schedules declared = Schedules.on(jobQueue.dataSource(), jobQueue.serializer());
        schedules.values().forEach(declared::declare);
    }

    Handlers handlers() {
        return new Handlers(registrations, middleware, unknownTypes, jobQueue.serializer());
    }

    private void check() {
        if (queues.isEmpty()) {
            throw Checks.refused("worker " + Checks.quoted(name), "at least one queue", "none");
        }
        onVirtualThreads.stream().filter(queue -> !queues.containsKey(queue)).forEach(queue -> {
            throw Checks.refused("virtual threads", "one of the queues " + queues.keySet(), Checks.quoted(queue));
        });
    }

    /** The longest timeout of the handlers of each queue's own job types. What else is put into a queue is not known before it has run. */
    Map<Integer, Duration> longestRuns(Map<String, Integer> ids) {
        Map<Integer, Duration> longest = new HashMap<>();
        for (Registration<?> registration : registrations.values()) {
            Integer queueId = ids.get(registration.type().queue());
            if (queueId != null) {
                longest.merge(
                        queueId,
                        registration.options().timeout(),
                        (one, other) -> one.compareTo(other) > 0 ? one : other);
            }
        }
        return longest;
    }

    int effectiveHeadroom() {
        return headroom == null ? guaranteed() : headroom;
    }

    private int guaranteed() {
        return queues.values().stream()
                .mapToInt(queue -> queue.budget().guarantee())
                .sum();
    }
}
