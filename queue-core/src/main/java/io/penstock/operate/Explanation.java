package io.penstock.operate;

import io.penstock.database.Session;
import io.penstock.job.Checks;
import io.penstock.job.Pause;
import io.penstock.job.PauseScope;
import io.penstock.job.QueueStatus;
import io.penstock.job.RateLimit;
import io.penstock.store.FleetStore;
import io.penstock.store.FleetStore.Fleet;
import io.penstock.store.FleetStore.Member;
import io.penstock.store.QueueStatusStore;
import io.penstock.store.QueueStatusStore.Counted;
import io.penstock.store.QueueStatusStore.ParkedKey;
import io.penstock.store.QueueStatusStore.Settings;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Says in words why the first job of a queue is not running, from what is stored: the first reason is the one to do
 * something about.
 *
 * @param queues every queue as it is now, by id
 */
record Explanation(int queueId, Map<Integer, QueueStatus> queues, Held held, Fleet fleet, Instant now) {

    /**
     * What of the queue is held back or held.
     *
     * @param parked the first keys that have parked jobs
     * @param snoozed why jobs were put off
     * @param slots who has slots of its strict limit
     */
    record Held(List<ParkedKey> parked, List<Counted> snoozed, List<Counted> slots) {}

    private static final Duration AT_ONCE = Duration.ofSeconds(2);
    private static final int SHOWN = 3;

    /** Reads what there is to know of a queue; each part in a transaction of its own, so that no lock of one queue is in the way of the rest. */
    static Explanation of(Session session, String queue, Instant discardedSince) throws SQLException {
        Map<Integer, QueueStatus> statuses = new LinkedHashMap<>();
        int queueId = 0;
        for (Settings one : session.inTransaction(connection -> QueueStatusStore.settings(connection, null))) {
            statuses.put(
                    one.queueId(),
                    session.inTransaction(connection -> QueueStatusStore.status(connection, one, discardedSince)));
            queueId = one.definition().name().equals(queue) ? one.queueId() : queueId;
        }
        if (queueId == 0) {
            throw Checks.refused("queue " + Checks.quoted(queue), "an existing queue", "none");
        }
        int asked = queueId;
        Held held = session.inTransaction(connection -> new Held(
                QueueStatusStore.parkedKeys(connection, asked),
                QueueStatusStore.snoozeReasons(connection, asked),
                QueueStatusStore.slotHolders(connection, asked)));
        return new Explanation(queueId, statuses, held, session.inTransaction(FleetStore::read), Instant.now());
    }

    List<String> reasons() {
        QueueStatus queue = status();
        List<String> reasons = new ArrayList<>();
        int perKey = queue.definition().perKey();
        RateLimit keyRate = queue.definition().keyRate();
        held.parked()
                .forEach(key -> reasons.add("jobs are parked: key " + Checks.quoted(key.key()) + " has " + key.running()
                        + " of " + (perKey == 0 ? "any number" : perKey) + " running"
                        + (keyRate == null ? "" : ", and may start " + keyRate)));
        queue.pauses().stream()
                .filter(pause -> pause.scope().kind() != PauseScope.Kind.QUEUE)
                .forEach(pause -> reasons.add("jobs of " + pause.scope() + " are " + pause.words()));
        held.snoozed()
                .forEach(reason ->
                        reasons.add(QueueStatus.counted(reason.count()) + " jobs are snoozed: " + reason.what()));
        int ofParts = reasons.size();
        Instant head = queue.headEligibleAt();
        if (head == null) {
            reasons.add("no job is available"
                    + (queue.nextDueAt() == null
                            ? ", and none waits for a time"
                            : "; " + QueueStatus.counted(queue.waiting()) + " wait, the next is due at "
                                    + queue.nextDueAt()));
            return reasons;
        }
        String waiting = QueueStatus.counted(queue.available())
                + (queue.available() == 1 ? " job is available, for " : " jobs are available, the first for ")
                + Math.max(0, Duration.between(head, now).toSeconds()) + " s";
        Pause paused = queue.paused();
        if (paused != null) {
            reasons.add("it is " + paused.words() + "; " + waiting);
        }
        if (fleet.givingWay().contains(queueId)) {
            reasons.add(
                    "it is heavy and gives way, for an alert is open for a queue that is not (penstock alerts list); "
                            + waiting);
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
        if (reasons.size() == ofParts) {
            reasons.add(nothingElse(queue.definition().rate(), Duration.between(head, now), waiting));
        }
        return reasons;
    }

    private static String nothingElse(@Nullable RateLimit rate, Duration waited, String waiting) {
        if (rate != null) {
            return "slots are free and it may start " + rate + ": " + waiting;
        }
        return waited.compareTo(AT_ONCE) < 0
                ? "nothing keeps it from running: " + waiting
                : "slots are free and nothing that is stored keeps it from running: " + waiting
                        + "; look in the workers' logs for \"cannot be claimed from\", for locks on its tables, and for types"
                        + " without a handler";
    }

    private void slots(QueueStatus queue, List<Member> members, List<String> reasons, String waiting) {
        int limit = queue.definition().budget().limit();
        int guarantee = queue.definition().budget().guarantee();
        if (queue.running() >= limit) {
            reasons.add("its limit of " + limit + " is in use: " + QueueStatus.counted(queue.running()) + " run; "
                    + waiting);
            return;
        }
        if (queue.definition().budget().strict()) {
            int slots = held.slots().stream().mapToInt(Counted::count).sum();
            if (slots >= limit && held.slots().size() > 0) {
                reasons.add("the " + limit + " slots of its strict limit are held, by "
                        + held.slots().stream()
                                .limit(SHOWN)
                                .map(holder -> Checks.quoted(holder.what()) + " with " + holder.count())
                                .collect(Collectors.joining(", "))
                        + ", which run " + QueueStatus.counted(queue.running()) + "; " + waiting);
            }
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
