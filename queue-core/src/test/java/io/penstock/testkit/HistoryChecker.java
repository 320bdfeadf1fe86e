package io.penstock.testkit;

import io.penstock.testkit.History.Event;
import io.penstock.testkit.History.Row;
import io.penstock.testkit.Ledger.Entry;
import io.penstock.testkit.Ledger.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Holds a {@link History} against the promises of the queue. Each violation begins with the number of the invariant that
 * it breaks:
 *
 * <ul>
 *   <li>I1 an enqueue that was acknowledged is there, once; I2 one of unknown fate is there once or not at all, however
 *       often it was tried; I4 one that was rolled back is not there; I3 nothing runs that was not enqueued
 *   <li>I5 nothing starts before it is eligible
 *   <li>I6 the lease token grows by one with each claim, and each claim follows the end of the one before
 *   <li>I7 a generation ends at most once, and nothing follows its end
 *   <li>I8 what a worker was told to be written, is written as it said, under its own token
 *   <li>I9 an attempt is ended by its own worker, or because its worker was lost; attempts stay within their maximum
 *   <li>I13 at the end, every job has ended; I15 an idempotency key has one job; I19 no row without history, no history
 *       without row; I21 nothing is left open
 * </ul>
 */
public final class HistoryChecker {

    private static final Set<String> WAITING = Set.of("scheduled", "retryable", "snoozed");
    private static final Set<String> TERMINAL = Set.of("completed", "discarded", "cancelled");

    private final History history;
    private final Map<UUID, List<Event>> events;
    private final List<String> violations = new ArrayList<>();

    private HistoryChecker(History history) {
        this.history = history;
        this.events = history.byJob();
    }

    /** Every violation, in words; empty if all promises were kept. */
    public static List<String> violations(History history) {
        HistoryChecker checker = new HistoryChecker(history);
        checker.checkEnqueues();
        checker.checkEndings();
        checker.events.values().forEach(checker::checkJob);
        checker.checkRows();
        history.openTransactions().forEach(open -> checker.violated("I21", "left open: " + open));
        return checker.violations;
    }

    /** The most attempts that one worker, by its number, ever ran at once. */
    public static int mostRunningOfOneWorker(History history) {
        Map<UUID, Long> runningOn = new HashMap<>();
        Map<Long, Integer> running = new HashMap<>();
        int most = 0;
        for (Event event : history.events()) {
            Long before = runningOn.remove(event.jobId());
            if (before != null) {
                running.merge(before, -1, Integer::sum);
            }
            Long worker = event.workerId();
            if (event.transition().equals("running") && worker != null) {
                runningOn.put(event.jobId(), worker);
                most = Math.max(most, running.merge(worker, 1, Integer::sum));
            }
        }
        return most;
    }

    private void violated(String invariant, String what) {
        violations.add(invariant + " " + what);
    }

    private void checkEnqueues() {
        Map<String, Kind> fates = new TreeMap<>();
        Map<String, Set<UUID>> jobs = new HashMap<>();
        for (Entry entry : entries(Ledger.ENQUEUE)) {
            fates.put(entry.operation(), entry.kind());
            Set<UUID> ofOperation = jobs.computeIfAbsent(entry.operation(), operation -> new HashSet<>());
            entry.fields().forEach(id -> ofOperation.add(UUID.fromString(id)));
        }
        Map<String, Set<UUID>> acknowledged = new HashMap<>();
        entries(Ledger.ENQUEUE).stream()
                .filter(entry -> entry.kind() == Kind.OK)
                .forEach(entry -> {
                    Set<UUID> ids = acknowledged.computeIfAbsent(entry.operation(), operation -> new HashSet<>());
                    entry.fields().forEach(id -> ids.add(UUID.fromString(id)));
                });
        Set<UUID> known = new HashSet<>();
        fates.forEach((operation, fate) -> {
            Set<UUID> all = jobs.getOrDefault(operation, Set.of());
            known.addAll(all);
            long there = all.stream().filter(events::containsKey).count();
            Set<UUID> expected = acknowledged.getOrDefault(operation, Set.of());
            if (fate == Kind.OK) {
                expected.stream()
                        .filter(id -> !events.containsKey(id))
                        .forEach(
                                id -> violated("I1", operation + ": job " + id + " was acknowledged and is not there"));
                if (there > expected.size()) {
                    violated(
                            "I2", operation + ": " + expected.size() + " jobs were asked for, " + there + " are there");
                }
            } else if (fate == Kind.FAIL && there > 0) {
                violated("I4", operation + ": rolled back, and " + there + " jobs are there");
            }
        });
        if (!known.isEmpty()) {
            events.keySet().stream()
                    .filter(id -> !known.contains(id))
                    .forEach(id -> violated("I3", "job " + id + " is there and nobody enqueued it"));
        }
    }

    private void checkEndings() {
        Map<String, Event> endings = new HashMap<>();
        for (List<Event> ofJob : events.values()) {
            for (int index = 1; index < ofJob.size(); index++) {
                if (ofJob.get(index - 1).transition().equals("running")) {
                    Event end = ofJob.get(index);
                    endings.put(key(end), end);
                }
            }
        }
        Set<String> told = new HashSet<>();
        for (Entry entry : entries(Ledger.ENDING)) {
            if (entry.kind() != Kind.OK) {
                continue;
            }
            Event end = endings.get(entry.operation());
            String state = entry.fields().get(3);
            if (end == null || !end.transition().equals(state)) {
                violated(
                        "I8",
                        entry.operation() + ": its worker was told that it is " + state + ", the database says "
                                + (end == null ? "nothing of it" : end.transition()));
            }
            if (!told.add(entry.operation())) {
                violated("I8", entry.operation() + ": its worker was told twice that it ended");
            }
        }
        Set<Long> lost = new HashSet<>();
        entries(Ledger.LOST_WORKER)
                .forEach(entry -> lost.add(Long.valueOf(entry.fields().get(0))));
        if (!told.isEmpty() || !lost.isEmpty()) {
            checkWhoEnded(told, lost);
        }
    }

    private void checkWhoEnded(Set<String> told, Set<Long> lost) {
        for (List<Event> ofJob : events.values()) {
            for (int index = 1; index < ofJob.size(); index++) {
                Event start = ofJob.get(index - 1);
                if (start.transition().equals("running")
                        && !told.contains(key(start))
                        && !lost.contains(start.workerId())) {
                    violated(
                            "I9",
                            key(start) + ": ended as " + ofJob.get(index).transition() + ", neither by its worker "
                                    + start.workerId() + " nor because that was lost");
                }
            }
        }
    }

    private void checkJob(List<Event> ofJob) {
        Event before = null;
        for (Event event : ofJob) {
            if (before == null || event.generation() > before.generation()) {
                checkFirst(before, event);
            } else {
                checkStep(before, event);
            }
            before = event;
        }
        if (before != null && !TERMINAL.contains(before.transition())) {
            violated("I13", name(before) + ": has not ended, is " + before.transition());
        }
    }

    private void checkFirst(@Nullable Event before, Event event) {
        boolean enters =
                event.transition().equals("available") || event.transition().equals("scheduled");
        if (!enters) {
            violated("I3", name(event) + ": begins as " + event.transition());
        }
        if (before != null && !TERMINAL.contains(before.transition())) {
            violated("I7", name(event) + ": a new generation while the one before is " + before.transition());
        }
    }

    private void checkStep(Event before, Event event) {
        String from = before.transition();
        String to = event.transition();
        if (TERMINAL.contains(from)) {
            violated("I7", name(event) + ": " + to + " after it was " + from);
        } else if (to.equals("running")) {
            if (!from.equals("available")) {
                violated("I6", name(event) + ": claimed while " + from);
            }
            if (event.leaseToken() != before.leaseToken() + 1) {
                violated("I6", name(event) + ": lease token " + event.leaseToken() + " after " + before.leaseToken());
            }
            if (event.at().isBefore(event.eligibleAt()) || event.at().isBefore(before.eligibleAt())) {
                violated("I5", name(event) + ": claimed at " + event.at() + ", eligible at " + before.eligibleAt());
            }
        } else if (WAITING.contains(from)
                && to.equals("available")
                && event.at().isBefore(before.eligibleAt())) {
            violated("I5", name(event) + ": promoted at " + event.at() + ", due at " + before.eligibleAt());
        } else if (from.equals("running") && event.leaseToken() != before.leaseToken()) {
            violated(
                    "I6",
                    name(event) + ": ended under token " + event.leaseToken() + ", ran under " + before.leaseToken());
        }
        if (event.attempt() > event.maxAttempts()) {
            violated("I9", name(event) + ": attempt " + event.attempt() + " of at most " + event.maxAttempts());
        }
    }

    private void checkRows() {
        Map<UUID, Integer> unfinished = new HashMap<>();
        Map<String, UUID> keys = new HashMap<>();
        Set<UUID> rows = new HashSet<>();
        Set<String> finished = new HashSet<>();
        for (Row row : history.rows()) {
            rows.add(row.jobId());
            if (!events.containsKey(row.jobId())) {
                violated("I19", "job " + row.jobId() + ": a row without history");
            }
            if (TERMINAL.contains(row.state())) {
                if (!finished.add(row.jobId() + "/" + row.generation())) {
                    violated("I7", "job " + row.jobId() + " generation " + row.generation() + ": finished twice");
                }
            } else if (unfinished.merge(row.jobId(), 1, Integer::sum) > 1) {
                violated("I19", "job " + row.jobId() + ": in two rooms at once");
            }
            UUID other = row.idempotencyKey() == null ? null : keys.put(row.idempotencyKey(), row.jobId());
            if (other != null && !other.equals(row.jobId())) {
                violated(
                        "I15",
                        "idempotency key " + row.idempotencyKey() + ": two jobs, " + other + " and " + row.jobId());
            }
        }
        events.keySet().stream()
                .filter(id -> !rows.contains(id))
                .forEach(id -> violated("I19", "job " + id + ": a history without a row"));
    }

    private List<Entry> entries(String subject) {
        return history.ledger().stream()
                .filter(entry -> entry.subject().equals(subject))
                .toList();
    }

    private static String key(Event event) {
        return event.jobId() + "/" + event.generation() + "/" + event.leaseToken();
    }

    private static String name(Event event) {
        return "job " + event.jobId() + " generation " + event.generation();
    }
}
