package io.penstock.examples.simulate;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;

/**
 * One scheme under one load, on a virtual clock. Two queues have more heavy jobs than can ever be run, from the beginning; jobs of the critical one
 * arrive from {@link #CRITICAL_FROM} on.
 */
final class Simulation {

    static final double CRITICAL_FROM = 100;
    static final double END = 700;

    /** Before this, run times are not known yet. */
    private static final double WARM = 50;

    private record Event(double at, long order, int worker, Job job) {
        boolean arrival() {
            return worker < 0;
        }
    }

    private final HeavyJobs heavy;
    private final List<Slots> workers = new ArrayList<>();
    private final Random random;
    private final PriorityQueue<Event> events =
            new PriorityQueue<>(Comparator.comparingDouble(Event::at).thenComparingLong(Event::order));
    private final Deque<Job> critical = new ArrayDeque<>();
    private final Map<Integer, Integer> running = new HashMap<>();
    private final Outcome outcome = new Outcome();
    private double now;
    private long order;

    Simulation(Scheme scheme, HeavyJobs heavy, int workers, ArrivalPattern arrivals, long seed) {
        this.heavy = heavy;
        this.random = new Random(seed);
        for (int worker = 0; worker < workers; worker++) {
            this.workers.add(scheme.slots(worker, workers));
        }
        arrivals.jobs(CRITICAL_FROM, END, random).forEach(job -> add(job.arrivedAt(), -1, job));
    }

    Outcome run() {
        workers.forEach(slots -> {
            slots.arrived(Scheme.BULK);
            slots.arrived(Scheme.REST);
        });
        start();
        for (Event event = events.poll(); event != null && event.at() <= END; event = events.poll()) {
            pass(event.at());
            if (event.arrival()) {
                critical.add(event.job());
                workers.forEach(slots -> slots.arrived(Scheme.CRITICAL));
            } else {
                end(event.worker(), event.job());
            }
            start();
        }
        return outcome;
    }

    private void end(int worker, Job job) {
        running.merge(job.queue(), -1, Integer::sum);
        workers.get(worker).ended(job.queue(), job.type(), Duration.ofNanos((long) (job.run() * 1e9)));
        if (now >= CRITICAL_FROM) {
            outcome.ended(job.queue());
        }
    }

    /** Each worker in turn, at random who is first, until none starts anything. */
    private void start() {
        int first = random.nextInt(workers.size());
        for (int turn = 0; turn < workers.size(); turn++) {
            int worker = (first + turn) % workers.size();
            Map<Integer, Integer> started = workers.get(worker).start(waiting());
            started.forEach((queue, jobs) -> {
                for (int job = 0; job < jobs; job++) {
                    start(worker, queue);
                }
            });
        }
    }

    private void start(int worker, int queue) {
        Job job = queue == Scheme.CRITICAL ? critical.remove() : heavy.next(random, queue);
        if (queue == Scheme.CRITICAL) {
            outcome.waited(now - job.arrivedAt());
        }
        running.merge(queue, 1, Integer::sum);
        add(now + job.run(), worker, job);
    }

    private Map<Integer, Integer> waiting() {
        Map<Integer, Integer> waiting =
                new HashMap<>(Map.of(Scheme.BULK, Integer.MAX_VALUE, Scheme.REST, Integer.MAX_VALUE));
        waiting.put(Scheme.CRITICAL, critical.size());
        return waiting;
    }

    private void pass(double until) {
        int total = running.values().stream().mapToInt(Integer::intValue).sum();
        int ofCritical = running.getOrDefault(Scheme.CRITICAL, 0);
        int owed = Math.max(0, Math.min(Scheme.GUARANTEE - ofCritical, critical.size()));
        double seconds = until - now;
        if (now >= CRITICAL_FROM) {
            outcome.passed(seconds, total, owed);
        } else if (now >= WARM) {
            outcome.passedBefore(seconds, total);
        }
        now = until;
    }

    private void add(double at, int worker, Job job) {
        events.add(new Event(at, order++, worker, job));
    }
}
