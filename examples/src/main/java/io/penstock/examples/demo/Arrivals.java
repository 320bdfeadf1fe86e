package io.penstock.examples.demo;

import io.penstock.examples.demo.DemoSettings.Pace;
import io.penstock.examples.demo.Workload.Delivery;
import io.penstock.examples.demo.Workload.RunbookStep;
import io.penstock.job.NewJob;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;

/**
 * What arrives when, fixed by the seed before a phase starts.
 *
 * <p>Steps come evenly, one every 20 ms, or as a Poisson process of the same number: given its number of events, such a
 * process is so many independent uniform moments.
 */
record Arrivals(List<Arrival> steps, List<Arrival> deliveries) {

    /** One job, so long after the start of the phase. */
    record Arrival(long nanos, NewJob<?> job) {}

    static Arrivals of(DemoSettings settings, Phase phase) {
        return new Arrivals(steps(settings, phase), phase.ingests() ? deliveries(settings, phase) : List.of());
    }

    /** Both, in the order of their moments. */
    List<Arrival> inOrder() {
        List<Arrival> all = new ArrayList<>(steps);
        all.addAll(deliveries);
        all.sort(Comparator.comparingLong(Arrival::nanos));
        return all;
    }

    private static List<Arrival> steps(DemoSettings settings, Phase phase) {
        List<Arrival> arrivals = new ArrayList<>();
        long start = settings.warmUp().toNanos();
        for (long moment : moments(settings, settings.warmUp(), 1)) {
            arrivals.add(new Arrival(moment, step(phase, arrivals.size())));
        }
        for (long moment : moments(settings, settings.duration(), 2)) {
            NewJob<RunbookStep> job = step(phase, arrivals.size());
            arrivals.add(new Arrival(start + moment, job.tags(Workload.MEASURED)));
        }
        return arrivals;
    }

    private static long[] moments(DemoSettings settings, Duration length, int part) {
        int count = Math.toIntExact(length.toMillis() * Workload.STEPS_PER_SECOND / 1_000);
        long[] moments = new long[count];
        SplittableRandom random = new SplittableRandom(settings.seed() * 31 + part);
        for (int index = 0; index < count; index++) {
            moments[index] =
                    settings.pace() == Pace.EVEN ? length.toNanos() / count * index : random.nextLong(length.toNanos());
        }
        Arrays.sort(moments);
        return moments;
    }

    private static NewJob<RunbookStep> step(Phase phase, int number) {
        return Workload.STEP.onQueue(phase.runbookQueue()).with(new RunbookStep(number));
    }

    private static List<Arrival> deliveries(DemoSettings settings, Phase phase) {
        List<Arrival> arrivals = new ArrayList<>();
        for (int number = 0; number < settings.deliveriesAtOnce(); number++) {
            arrivals.add(delivery(phase, 0, number));
        }
        long interval = Duration.ofSeconds(1).toNanos() / Workload.DELIVERIES_PER_SECOND;
        long end = settings.warmUp().plus(settings.duration()).toNanos();
        for (long moment = interval; moment < end; moment += interval) {
            arrivals.add(delivery(phase, moment, arrivals.size()));
        }
        return arrivals;
    }

    private static Arrival delivery(Phase phase, long nanos, int number) {
        NewJob<Delivery> job = Workload.DELIVERY.onQueue(phase.ingestQueue()).with(new Delivery(number));
        return new Arrival(nanos, job);
    }
}
