package io.penstock.worker;

import io.penstock.dispatch.QueueSlots;
import io.penstock.dispatch.SlotReport;
import io.penstock.dispatch.Waiting;
import io.penstock.handover.Signal;
import io.penstock.observe.Events;
import io.penstock.observe.WorkerEvent.QueueClaimedAgain;
import io.penstock.observe.WorkerEvent.QueueUnclaimed;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Looks at the slots ten times a second, without the database: what they are used for is added up, and a queue that has work
 * and starts none of it is told of. One that has its guarantee and runs something may wait for as long as it takes.
 */
final class Watchdog implements Runnable {

    private static final long EVERY = Duration.ofMillis(100).toNanos();
    private static final Duration TOO_LONG = Duration.ofSeconds(10);
    private static final Duration STANDING = Duration.ofSeconds(5);
    private static final int SHOWN = 3;

    private final WorkerParts parts;
    private final Map<Integer, String> names;
    private final Set<Integer> unclaimed = new HashSet<>();
    private final Signal signal = new Signal();
    private volatile boolean stopping;

    /** A watchdog that starts with {@link #run}; the names are those of the worker's queues. */
    Watchdog(WorkerParts parts, Map<Integer, String> names) {
        this.parts = parts;
        this.names = names;
    }

    @Override
    public void run() {
        long last = System.nanoTime();
        try {
            while (!stopping) {
                signal.await(EVERY);
                long now = System.nanoTime();
                try {
                    look(Duration.ofNanos(now - last), now);
                } catch (RuntimeException | Error defect) {
                    Events.defect("a look at the slots", defect);
                }
                last = now;
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    void stop() {
        stopping = true;
        signal.give();
    }

    private void look(Duration past, long now) {
        parts.dispatcher().look(past);
        SlotReport report = parts.dispatcher().report();
        names.forEach((queueId, name) -> {
            QueueSlots slots = report.queue(queueId);
            parts.lateness().waits().note(queueId, slots, now);
            if (slots.unclaimed().compareTo(TOO_LONG) < 0) {
                if (unclaimed.remove(queueId)) {
                    parts.events().tell(new QueueClaimedAgain(name));
                }
            } else if (starves(slots) && unclaimed.add(queueId)) {
                parts.events().tell(new QueueUnclaimed(name, slots.unclaimed(), cause(queueId, report, now)));
            }
        });
    }

    private static boolean starves(QueueSlots slots) {
        return slots.running() == 0 || slots.running() < slots.guarantee();
    }

    private String cause(int queueId, SlotReport report, long now) {
        for (Lane lane : parts.lanes()) {
            Duration rest = Duration.ofNanos(now - lane.movedAt());
            if (lane.serves(queueId) && rest.compareTo(STANDING) >= 0) {
                return "its loop has been at one statement for " + rest.toSeconds()
                        + " s: look for locks and for the server";
            }
        }
        if (!parts.heartBeat().fresh()) {
            return "the worker's heart-beat is late, so it may claim nothing";
        }
        Waiting waiting = report.queue(queueId).waiting();
        return switch (waiting) {
            case OWED, SLOTS, LENDING -> waiting.words() + "; slots are used by " + users(report);
            default -> waiting.words();
        };
    }

    private String users(SlotReport report) {
        return report.queues().entrySet().stream()
                .filter(queue -> queue.getValue().running() > 0)
                .sorted((one, other) ->
                        other.getValue().running() - one.getValue().running())
                .limit(SHOWN)
                .map(queue -> "\"" + names.get(queue.getKey()) + "\" ("
                        + queue.getValue().running() + ")")
                .collect(Collectors.joining(", "));
    }
}
