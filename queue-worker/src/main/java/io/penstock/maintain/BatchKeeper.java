package io.penstock.maintain;

import io.penstock.connect.Link;
import io.penstock.job.Limits;
import io.penstock.observe.Events;
import io.penstock.observe.WorkerEvent.BatchEnded;
import io.penstock.observe.WorkerEvent.BatchFailing;
import io.penstock.observe.WorkerEvent.BatchGivenUp;
import io.penstock.observe.WorkerEvent.BatchHeld;
import io.penstock.store.BatchStore;
import io.penstock.store.BatchStore.Advance;
import io.penstock.store.BatchStore.Outcome;
import io.penstock.store.FloorStore.Watched;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.IntConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Takes batches from step to step, as every worker does: at once when a job of theirs has ended here, and now and then because one
 * may have ended without anybody who could tell. One transaction per batch, on the connection of maintenance: no lane waits for it.
 */
final class BatchKeeper {

    /** Of a batch with many jobs that end one after another. */
    private static final long LOOK_AGAIN = Duration.ofMillis(50).toNanos();

    private static final Pattern MARK =
            Pattern.compile("\"penstock\\.batch\": \"(\\p{XDigit}{8}(?:-\\p{XDigit}{4}){3}-\\p{XDigit}{12})\"");

    private final Link link;
    private final Events events;
    private final IntConsumer woken;
    private final Queue<UUID> told = new ConcurrentLinkedQueue<>();
    private final Map<UUID, Long> pending = new HashMap<>();
    private final Map<UUID, Long> seenOpen = new HashMap<>();
    private boolean due;

    BatchKeeper(Link link, Events events, IntConsumer woken) {
        this.link = link;
        this.events = events;
        this.woken = woken;
    }

    /** A job with this metadata has ended; answers whether it is one of a batch. Safe for use by many threads. */
    boolean ended(String metadata) {
        Matcher mark = MARK.matcher(metadata);
        return mark.find() && told.add(UUID.fromString(mark.group(1)));
    }

    void seen(Watched read) {
        due = read.batch() <= read.drawn().clock();
    }

    /** How long nothing is to be done here, unless something ends. */
    long untilDue(long now) {
        return pending.values().stream()
                .mapToLong(at -> Math.max(0, at - now))
                .min()
                .orElse(Long.MAX_VALUE);
    }

    void run(long now) throws SQLException {
        seenOpen.values().removeIf(at -> now - at >= LOOK_AGAIN);
        for (UUID next = told.poll(); next != null; next = told.poll()) {
            Long at = seenOpen.get(next);
            pending.putIfAbsent(next, at == null ? now : at + LOOK_AGAIN);
        }
        Set<UUID> batches = new LinkedHashSet<>();
        pending.forEach((batch, at) -> {
            if (now - at >= 0) {
                batches.add(batch);
            }
        });
        if (due) {
            batches.addAll(link.inTransaction(connection -> BatchStore.due(connection, Limits.DUE_BATCHES)));
            due = false;
        }
        Failures failures = new Failures();
        for (UUID batch : batches) {
            failures.collect(() -> advance(batch, now));
        }
        failures.throwFirst();
    }

    private void advance(UUID batch, long now) throws SQLException {
        Advance advance;
        do {
            advance = link.inTransaction(connection -> BatchStore.advance(connection, batch, Limits.BATCH_ADVANCE));
        } while (advance.outcome() == Outcome.MORE);
        pending.remove(batch);
        switch (advance.outcome()) {
            case OPEN -> seenOpen.put(batch, now);
            // who advances it may not have seen what ended here
            case BUSY -> pending.put(batch, now + LOOK_AGAIN);
            case STEPPED -> woken.accept(advance.queueId());
            default -> tell(batch, advance);
        }
    }

    private void tell(UUID batch, Advance advance) {
        if (!advance.news()) {
            return;
        }
        String step = Optional.ofNullable(advance.step()).orElse("");
        UUID job = Optional.ofNullable(advance.job()).orElse(batch);
        switch (advance.outcome()) {
            case HELD -> events.tell(new BatchHeld(batch, job, step));
            case GIVEN_UP -> events.tell(new BatchGivenUp(batch, job, step));
            case FAILED -> events.tell(new BatchFailing(batch, step, String.valueOf(advance.error())));
            case ENDED -> events.tell(new BatchEnded(batch));
            default -> throw new IllegalStateException("batch " + batch + ": expected an outcome, was " + advance);
        }
    }
}
