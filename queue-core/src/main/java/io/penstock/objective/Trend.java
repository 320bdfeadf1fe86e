package io.penstock.objective;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * Where a queue is going, from what it was at. Times are seconds of one clock; jobs are counted by positions drawn, so that what is retried arrives
 * again. For use by one thread.
 */
public final class Trend {

    /** What is forgotten. */
    private static final double LONGEST = Duration.ofMinutes(20).toSeconds();

    private static final double LONGEST_WINDOW = 60;
    private static final double SHORTEST_WINDOW = 2;
    /** What arrived at once some seconds ago does not go on to arrive. */
    private static final double FORECAST_WINDOW = 10;

    private static final long ENOUGH_STARTS = 30;

    private record Point(double at, long drawn, long depth, double headAge) {
        long started() {
            return drawn - depth;
        }
    }

    private final Deque<Point> points = new ArrayDeque<>();

    /**
     * Takes note of what the queue was at.
     *
     * @param at seconds, not before those of the last
     * @param drawn how many jobs have ever arrived
     * @param depth how many of them are eligible and unclaimed
     * @param headAge for how many seconds the first of them has been
     */
    public void add(double at, long drawn, long depth, double headAge) {
        points.addLast(new Point(at, drawn, depth, headAge));
        while (points.getFirst().at() < at - LONGEST) {
            points.removeFirst();
        }
    }

    /** When the queue was looked at last, in seconds; negative infinity if never. */
    public double at() {
        return points.isEmpty() ? Double.NEGATIVE_INFINITY : points.getLast().at();
    }

    public long depth() {
        return points.isEmpty() ? 0 : points.getLast().depth();
    }

    /** For how many seconds the first in line is eligible. */
    public double headAge() {
        return points.isEmpty() ? 0 : points.getLast().headAge();
    }

    /** Jobs a second that arrived in the last minute. */
    public double arrivals() {
        return arrivals(LONGEST_WINDOW);
    }

    private double arrivals(double seconds) {
        Point first = since(seconds);
        Point last = points.peekLast();
        return last == null || first == null || last.at() <= first.at()
                ? 0
                : Math.max(0, last.drawn() - first.drawn()) / (last.at() - first.at());
    }

    /** Jobs a second by which the depth grew in the last minute; negative where it shrinks. */
    public double growth() {
        Point first = since(LONGEST_WINDOW);
        Point last = points.peekLast();
        return last == null || first == null || last.at() <= first.at()
                ? 0
                : (last.depth() - first.depth()) / (last.at() - first.at());
    }

    /**
     * Jobs a second that are started while there is a backlog, which is what the queue can do; not a number where there was none for long enough.
     * It is taken over the newest part of the backlog with {@value #ENOUGH_STARTS} starts, at least two seconds and at most a minute. Where there were few,
     * the one that is under way counts.
     */
    public double capacity() {
        Point last = points.peekLast();
        if (last == null || last.depth() == 0) {
            return Double.NaN;
        }
        Point first = last;
        for (Iterator<Point> older = points.descendingIterator(); older.hasNext(); ) {
            first = older.next();
            double past = last.at() - first.at();
            boolean enough = past >= SHORTEST_WINDOW && last.started() - first.started() >= ENOUGH_STARTS;
            if (first.depth() == 0 || enough || past >= LONGEST_WINDOW) {
                break;
            }
        }
        double past = last.at() - first.at();
        long starts = Math.max(0, last.started() - first.started());
        return past <= 0 ? Double.NaN : (starts < ENOUGH_STARTS ? starts + 1 : starts) / past;
    }

    /** How many seconds a job waits that arrives now: the depth over the capacity (J. Little, 1961). Not a number where that is not known. */
    public double predictedWait() {
        return depth() == 0 ? 0 : depth() / capacity();
    }

    /**
     * In how many seconds a job that arrives then will be late: (D − S − W) / (λ/μ − 1), where the predicted wait W grows by λ/μ − 1 a second.
     * Zero if one that arrives now will be; infinite if the queue does not grow.
     *
     * @param within D, what was promised, in seconds
     * @param run S, what a run may take, in seconds
     */
    public double timeToBreach(double within, double run) {
        double wait = predictedWait();
        double left = within - run - wait;
        double growth = arrivals(FORECAST_WINDOW) / capacity() - 1;
        if (Double.isNaN(left)) {
            return Double.POSITIVE_INFINITY;
        }
        if (left <= 0) {
            return 0;
        }
        return growth > 0 ? left / growth : Double.POSITIVE_INFINITY;
    }

    /** In how many seconds nothing is left, if arrivals and starts go on as they are; infinite if they do not get there. */
    public double timeToDrain() {
        if (depth() == 0) {
            return 0;
        }
        double surplus = capacity() - arrivals(FORECAST_WINDOW);
        return surplus > 0 ? depth() / surplus : Double.POSITIVE_INFINITY;
    }

    /**
     * How many slots the queue needs to keep up and to be drained in a time: ⌈(λ + depth / drain) · mean run⌉.
     *
     * @param drain in seconds
     * @param meanRun in seconds
     */
    public long slotsNeeded(double drain, double meanRun) {
        return (long) Math.ceil((arrivals() + depth() / drain) * meanRun - 1e-9);
    }

    /** For how many seconds up to the last look there was work and none of it was started. */
    public double standing() {
        Point last = points.peekLast();
        if (last == null) {
            return 0;
        }
        double since = last.at();
        for (Iterator<Point> older = points.descendingIterator(); older.hasNext(); ) {
            Point point = older.next();
            if (point.depth() == 0 || point.started() < last.started()) {
                break;
            }
            since = point.at();
        }
        return last.at() - since;
    }

    /** Whether the first in line got older by nearly all of the time that passed, over the last so many seconds, with work all along. */
    public boolean headStands(double seconds) {
        Point last = points.peekLast();
        Point first = since(seconds);
        return last != null
                && first != null
                && last.at() - first.at() >= seconds * 0.5
                && first.depth() > 0
                && last.headAge() - first.headAge() >= 0.8 * (last.at() - first.at());
    }

    /** The newest point that is so many seconds old, or the oldest there is. */
    private @Nullable Point since(double seconds) {
        Point last = points.peekLast();
        Point found = last;
        for (Iterator<Point> older = points.descendingIterator(); last != null && older.hasNext(); ) {
            found = older.next();
            if (last.at() - found.at() >= seconds) {
                break;
            }
        }
        return found;
    }
}
