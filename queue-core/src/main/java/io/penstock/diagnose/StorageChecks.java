package io.penstock.diagnose;

import io.penstock.store.DoctorStore.Holder;
import java.time.Duration;
import java.util.List;

/** Partitions made ahead, indexes, and who keeps old row versions. */
final class StorageChecks {

    private static final int DAYS_IN_HAND = 3;
    private static final Duration OLD = Duration.ofMinutes(5);

    private StorageChecks() {}

    static Finding days(int onEnd) {
        String text = "ended jobs have a place for " + onEnd + " days from today on";
        String advice = "start a worker, which makes them a week ahead, or SELECT penstock.ensure_days()";
        if (onEnd < 2) {
            return Finding.fail("days", text, advice);
        }
        return onEnd < DAYS_IN_HAND ? Finding.warn("days", text, advice) : Finding.ok("days", text);
    }

    static Finding indexes(List<String> invalid) {
        return invalid.isEmpty()
                ? Finding.ok("indexes", "all valid")
                : Finding.fail(
                        "indexes",
                        "not valid, so not used: " + String.join(", ", invalid),
                        "a build was broken off: REINDEX INDEX CONCURRENTLY each as the schema's owner");
    }

    static Finding snapshots(List<Holder> holders, boolean seesOthers) {
        List<Holder> old = holders.stream()
                .filter(holder -> !holder.dated() || holder.seconds() >= OLD.toSeconds())
                .toList();
        if (!old.isEmpty()) {
            Holder oldest = old.get(0);
            return Finding.warn(
                    "snapshots",
                    oldest.what()
                            + (oldest.dated() ? " for " + oldest.seconds() + " s" : "")
                            + (old.size() > 1 ? ", and " + (old.size() - 1) + " more" : ""),
                    "it keeps dead rows from being removed: end it, or what holds it open");
        }
        return seesOthers
                ? Finding.ok("snapshots", "none older than " + OLD.toMinutes() + " minutes")
                : Finding.warn(
                        "snapshots",
                        "none among what this login is told",
                        "GRANT pg_read_all_stats to it to be told of other logins' sessions");
    }
}
