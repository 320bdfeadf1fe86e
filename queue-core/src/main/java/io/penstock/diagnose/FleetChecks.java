package io.penstock.diagnose;

import io.penstock.job.Pause;
import io.penstock.job.QueueStatus;
import io.penstock.store.DoctorStore.Load;
import io.penstock.store.DoctorStore.Workers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Whether somebody works, on every queue, and with enough of it. */
final class FleetChecks {

    /** A queue whose first job has waited for so long, and of which nothing runs, has nobody who works on it. */
    private static final Duration UNATTENDED = Duration.ofMinutes(1);

    /** Fewer jobs, or jobs of a shorter time, say nothing of the load. */
    private static final int ENOUGH_JOBS = 100;

    private static final double ENOUGH_SECONDS = 10;

    /**
     * How many square roots of the load above it. By A. K. Erlang's formula, one job in fifty then waits at a load of one, one in 170
     * at five, and fewer at more.
     */
    private static final double SPREAD = 3;

    private FleetChecks() {}

    static Finding workers(Workers workers) {
        String text = workers.beating() + " alive, " + workers.silent() + " silent, " + workers.lost()
                + " lost within the last hour";
        if (workers.beating() == 0) {
            return Finding.warn("workers", text, "start one: nothing is run, and no days are made ahead");
        }
        return workers.silent() + workers.lost() > 0
                ? Finding.warn(
                        "workers",
                        text,
                        "look into the log of those: a pause, a full machine, or a network that failed")
                : Finding.ok("workers", text);
    }

    static List<Finding> queues(List<QueueStatus> queues, Instant now) {
        List<Finding> findings = new ArrayList<>();
        for (QueueStatus queue : queues) {
            String name = "queue \"" + queue.definition().name() + "\"";
            Instant head = queue.headEligibleAt();
            Pause paused = queue.paused();
            if (paused != null) {
                findings.add(Finding.warn(
                        name,
                        paused.words() + "; " + QueueStatus.counted(queue.available()) + " jobs available",
                        "penstock queues resume " + queue.definition().name()));
            } else if (head != null
                    && queue.running() == 0
                    && head.plus(UNATTENDED).isBefore(now)) {
                findings.add(Finding.warn(
                        name,
                        "nobody works on it: " + QueueStatus.counted(queue.available())
                                + " jobs available, the first for "
                                + Duration.between(head, now).toSeconds() + " s, none running",
                        "start a worker that declares it"));
            }
        }
        return findings.isEmpty() ? List.of(Finding.ok("queues", queues.size() + ", none left alone")) : findings;
    }

    /**
     * Whether guarantees are large enough for the load, by the square-root rule: slots for the arrivals of a run's time, and three
     * times their spread, which is that of a Poisson number (S. Halfin and W. Whitt, 1981).
     */
    static List<Finding> guarantees(List<QueueStatus> queues, Map<String, Load> loads) {
        List<Finding> findings = new ArrayList<>();
        int judged = 0;
        for (QueueStatus queue : queues) {
            String name = queue.definition().name();
            int guarantee = queue.definition().budget().guarantee();
            Load load = loads.get(name);
            if (guarantee == 0 || load == null || load.jobs() < ENOUGH_JOBS || load.seconds() < ENOUGH_SECONDS) {
                continue;
            }
            judged++;
            double busy = load.busySeconds() / load.seconds();
            int enough = (int) Math.ceil(busy + SPREAD * Math.sqrt(busy));
            if (guarantee < enough) {
                findings.add(Finding.warn(
                        "guarantee of \"" + name + "\"",
                        String.format(
                                Locale.ROOT,
                                "%d slots are few for its load: in the last %.0f s %d jobs ended that took %.2f s each,"
                                        + " which is %.1f slots in use on average; with arrivals at random, %d are enough",
                                guarantee,
                                load.seconds(),
                                load.jobs(),
                                load.busySeconds() / load.jobs(),
                                busy,
                                enough),
                        "penstock queues budget " + name + " --guarantee " + enough
                                + (enough > queue.definition().budget().limit() ? " --limit " + enough : "")));
            }
        }
        return findings.isEmpty()
                ? List.of(Finding.ok("guarantees", "none is too small for what " + judged + " queues had to do lately"))
                : findings;
    }
}
