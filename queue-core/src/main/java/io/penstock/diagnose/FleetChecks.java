package io.penstock.diagnose;

import io.penstock.job.QueueStatus;
import io.penstock.store.DoctorStore.Workers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Whether somebody works, and on every queue. */
final class FleetChecks {

    /** A queue whose first job has waited for so long, and of which nothing runs, has nobody who works on it. */
    private static final Duration UNATTENDED = Duration.ofMinutes(1);

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
            if (queue.pausedAt() != null) {
                findings.add(Finding.warn(
                        name,
                        "paused since " + queue.pausedAt() + " by " + queue.pausedBy() + ", "
                                + QueueStatus.counted(queue.available()) + " jobs available",
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
}
