package io.penstock.examples.replay;

import io.penstock.objective.Condition;
import io.penstock.objective.Evaluation;
import io.penstock.objective.Histogram;
import io.penstock.objective.LatencyObjective;
import io.penstock.objective.Severity;
import io.penstock.objective.Tally;
import io.penstock.objective.Trend;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.DoubleUnaryOperator;

/**
 * One queue with some slots, first come, first served; looked at once a second by the same rules that a worker evaluates, and by a fixed threshold
 * of depth. Its clock is a number.
 */
public final class Replay {

    /** The rule that others have. */
    public static final String DEPTH = "depth over " + Replay.FIXED_DEPTH;

    private static final int FIXED_DEPTH = 25;
    private static final double HOLD = 120;
    private static final int BURNS_EVERY = 10;

    private static final class Job {
        private final double arrived;
        private double ends = Double.POSITIVE_INFINITY;

        Job(double arrived) {
            this.arrived = arrived;
        }
    }

    private final LatencyObjective objective;
    private final List<Job> jobs = new ArrayList<>();
    private final Deque<Job> waiting = new ArrayDeque<>();
    private final PriorityQueue<Double> busy = new PriorityQueue<>();
    private final TreeMap<Long, Tally> tallies = new TreeMap<>();
    private final Histogram runs = new Histogram();
    private final Trend trend = new Trend();
    private final Evaluation evaluation = new Evaluation();
    private final Map<String, Double> heldAt = new LinkedHashMap<>();
    private final Map<String, List<Double>> pages = new LinkedHashMap<>();
    private final Random random;
    private final DoubleUnaryOperator runOf;
    private int judged;
    private double firstLate = Double.POSITIVE_INFINITY;

    /**
     * A replay that begins at second 0.
     *
     * @param runOf how long a job runs that begins then
     */
    Replay(Duration within, Random random, DoubleUnaryOperator runOf) {
        this.objective = LatencyObjective.of("replayed", within, 0.99);
        this.random = random;
        this.runOf = runOf;
    }

    /** Plays all of a scenario. */
    public static Replay of(Scenario scenario, long seed) {
        return of(scenario, seed, Scenario.END);
    }

    /** Plays a scenario up to a second. */
    public static Replay of(Scenario scenario, long seed, double end) {
        Random random = new Random(seed);
        Replay replay = new Replay(scenario.within, random, at -> scenario.run(at, random));
        replay.play(scenario.arrivals(random), end);
        return replay;
    }

    /** Plays arrivals, in order, until a moment. */
    void play(List<Double> arrivals, double end) {
        int next = 0;
        for (int second = 1; second <= end; second++) {
            for (; next < arrivals.size() && arrivals.get(next) <= second; next++) {
                advance(arrivals.get(next));
                Job job = new Job(arrivals.get(next));
                jobs.add(job);
                waiting.add(job);
                advance(arrivals.get(next));
            }
            advance(second);
            look(second);
        }
    }

    /** Starts what may be started up to a moment. */
    private void advance(double now) {
        while (!waiting.isEmpty()) {
            double free = busy.size() < Scenario.SLOTS ? waiting.peek().arrived : busy.peek();
            if (free > now) {
                return;
            }
            if (busy.size() == Scenario.SLOTS) {
                busy.remove();
            }
            Job job = waiting.remove();
            double begins = Math.max(free, job.arrived);
            double run = runOf.applyAsDouble(begins);
            job.ends = begins + run;
            busy.add(job.ends);
            if (Double.isFinite(run)) {
                runs.add(Duration.ofNanos((long) (run * 1e9)));
            }
        }
    }

    private void look(int now) {
        judgeUpTo(now);
        Job head = waiting.peek();
        trend.add(now, jobs.size(), waiting.size(), head == null ? 0 : now - head.arrived);
        List<Condition> conditions = new ArrayList<>(evaluation.looks(objective, trend, runs.quantile(0.95)));
        if (now % BURNS_EVERY == 0) {
            conditions.addAll(Evaluation.burns(objective, span -> counted(now, span)));
        }
        conditions.addAll(Evaluation.looks("replayed", trend, runs.quantile(0.95)));
        conditions.stream()
                .filter(condition -> condition.severity() == Severity.PAGE)
                .map(condition -> condition.rule().word())
                .distinct()
                .forEach(rule -> holds(rule, now));
        if (waiting.size() > FIXED_DEPTH) {
            holds(DEPTH, now);
        }
    }

    /** An alert that has held within the last two minutes is the same alert. */
    private void holds(String rule, double now) {
        Double before = heldAt.put(rule, now);
        if (before == null || now - before > HOLD) {
            pages.computeIfAbsent(rule, name -> new ArrayList<>()).add(now);
        }
    }

    private void judgeUpTo(double now) {
        double within = objective.within().toMillis() / 1e3;
        for (; judged < jobs.size() && jobs.get(judged).arrived + within < now; judged++) {
            Job job = jobs.get(judged);
            boolean good = job.ends <= job.arrived + within;
            long minute = (long) Math.floor((job.arrived + within) / 60);
            tallies.merge(minute, new Tally(1, good ? 1 : 0), Tally::plus);
            firstLate = good ? firstLate : Math.min(firstLate, job.arrived + within);
        }
    }

    private Tally counted(double now, int minutes) {
        return tallies.tailMap((long) Math.floor(now / 60 - minutes), false).values().stream()
                .reduce(Tally.NOTHING, Tally::plus);
    }

    /** When a rule paged, in seconds. */
    public List<Double> pages(String rule) {
        return pages.getOrDefault(rule, List.of());
    }

    /** Pages with no job late from a minute before to five minutes after. */
    long falsePages(String rule) {
        double within = objective.within().toMillis() / 1e3;
        return pages(rule).stream()
                .filter(at -> jobs.stream()
                        .filter(job -> job.ends > job.arrived + within)
                        .noneMatch(job -> job.arrived + within >= at - 60 && job.arrived + within <= at + 300))
                .count();
    }

    /** The first page at or after a moment, in seconds after it; not a number if there is none. */
    public double pagedAfter(String rule, double moment) {
        return pages(rule).stream()
                .filter(at -> at >= moment)
                .mapToDouble(at -> at - moment)
                .findFirst()
                .orElse(Double.NaN);
    }

    /** When the first job missed its deadline after a moment; infinite if none did. */
    public double firstLateAfter(double moment) {
        double within = objective.within().toMillis() / 1e3;
        return jobs.stream()
                .filter(job -> job.ends > job.arrived + within)
                .mapToDouble(job -> job.arrived + within)
                .filter(deadline -> deadline >= moment)
                .findFirst()
                .orElse(Double.POSITIVE_INFINITY);
    }

    /** How often all of our rules paged. */
    public int pages() {
        return pages.entrySet().stream()
                .filter(rule -> !rule.getKey().equals(DEPTH))
                .mapToInt(rule -> rule.getValue().size())
                .sum();
    }

    /** How many jobs arrived, and how many of them were late. */
    Tally jobs() {
        return tallies.values().stream().reduce(Tally.NOTHING, Tally::plus);
    }
}
