package io.penstock.operate;

import io.penstock.job.QueueStatus;
import io.penstock.store.FleetStore.Fleet;
import io.penstock.store.FleetStore.Member;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * Says in words why the first job of a queue is not running, from what is stored: the first reason is the one to do
 * something about.
 *
 * @param queues every queue as it is now, by id
 */
record Explanation(int queueId, Map<Integer, QueueStatus> queues, Fleet fleet, Instant now) {

    private static final Duration AT_ONCE = Duration.ofSeconds(2);
    private static final int SHOWN = 3;

    List<String> reasons() {
        QueueStatus queue = status();
        List<String> reasons = new ArrayList<>();
        Instant head = queue.headEligibleAt();
        if (head == null) {
            reasons.add("no job is available"
                    + (queue.nextDueAt() == null
                            ? ", and none waits for a time"
                            : "; " + QueueStatus.counted(queue.waiting()) + " wait, the next is due at "
                                    + queue.nextDueAt()));
            return reasons;
        }
        String waiting = QueueStatus.counted(queue.available()) + " jobs are available, the first for "
                + Math.max(0, Duration.between(head, now).toSeconds()) + " s";
        if (queue.pausedAt() != null) {
            reasons.add("it is paused since " + queue.pausedAt() + " by " + queue.pausedBy()
                    + (queue.pauseReason() == null ? "" : ": " + queue.pauseReason()) + "; " + waiting);
        }
        List<Member> members = fleet.members().stream()
                .filter(member -> member.queues().contains(queueId))
                .toList();
        if (members.isEmpty()) {
            reasons.add(
                    "no worker that is alive works on it, of " + fleet.members().size() + "; " + waiting);
        } else {
            slots(queue, members, reasons, waiting);
        }
        if (reasons.isEmpty()) {
            reasons.add(
                    Duration.between(head, now).compareTo(AT_ONCE) < 0
                            ? "nothing keeps it from running: " + waiting
                            : "slots are free and nothing that is stored keeps it from running: " + waiting
                                    + "; look in the workers' logs for \"cannot be claimed from\", for locks on its tables, and for types"
                                    + " without a handler");
        }
        return reasons;
    }

    private void slots(QueueStatus queue, List<Member> members, List<String> reasons, String waiting) {
        int limit = queue.definition().budget().limit();
        int guarantee = queue.definition().budget().guarantee();
        if (queue.running() >= limit) {
            reasons.add("its limit of " + limit + " is in use: " + QueueStatus.counted(queue.running()) + " run; "
                    + waiting);
            return;
        }
        int capacity = members.stream().mapToInt(Member::capacity).sum();
        int headroom = members.stream().mapToInt(Member::headroom).sum();
        int running = queues.entrySet().stream()
                .filter(entry ->
                        members.stream().anyMatch(member -> member.queues().contains(entry.getKey())))
                .mapToInt(entry -> entry.getValue().running())
                .sum();
        boolean owed = queue.running() < guarantee;
        if (running >= capacity + (owed ? headroom : 0)) {
            reasons.add("the " + capacity + " slots of its " + members.size() + " workers"
                    + (owed ? " and their headroom of " + headroom : "") + " are taken, by " + takers(members)
                    + "; it runs "
                    + queue.running() + " and is guaranteed " + guarantee + "; " + waiting);
        }
    }

    private String takers(List<Member> members) {
        return String.join(
                ", ",
                queues.entrySet().stream()
                        .filter(entry -> members.stream()
                                .anyMatch(member -> member.queues().contains(entry.getKey())))
                        .map(Map.Entry::getValue)
                        .filter(queue -> queue.running() > 0)
                        .sorted(Comparator.comparingInt(QueueStatus::running).reversed())
                        .limit(SHOWN)
                        .map(queue ->
                                "\"" + queue.definition().name() + "\" with " + QueueStatus.counted(queue.running()))
                        .toList());
    }

    private QueueStatus status() {
        QueueStatus status = queues.get(queueId);
        if (status == null) {
            throw new IllegalStateException("queue " + queueId + " is not among those that were read");
        }
        return status;
    }
}
