package io.penstock.schedule;

import io.penstock.store.DeclaredSchedules.Declared;
import io.penstock.store.ScheduleStore.StoredRule;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A schedule as it is now.
 *
 * @param rule in words: that of a schedule declared in SQL may be one that no worker understands
 * @param zone in which a cron text is read; null for a period
 * @param nextTick the next tick to be made; null if no worker has looked yet, or while it is paused
 * @param lastTick the last one whose job was made
 * @param pausedAt since when it is paused; null if it is not
 * @param lastError why the next tick cannot be made; null if nothing is wrong
 * @param failingSince since when that is so
 * @param declaredBy the login that declared or changed it last
 */
public record ScheduleSnapshot(
        String name,
        String queue,
        String type,
        String rule,
        @Nullable String zone,
        CatchUp catchUp,
        @Nullable Instant nextTick,
        @Nullable Instant lastTick,
        @Nullable Instant pausedAt,
        @Nullable String lastError,
        @Nullable Instant failingSince,
        String declaredBy,
        Instant declaredAt) {

    static ScheduleSnapshot of(Declared stored) {
        return new ScheduleSnapshot(
                stored.name(),
                stored.queue(),
                stored.type(),
                describe(stored.rule()),
                stored.rule().zone(),
                CatchUp.of(stored.catchUp()),
                stored.pausedAt() == null ? stored.nextTick() : null,
                stored.lastTick(),
                stored.pausedAt(),
                stored.lastError(),
                stored.failingSince(),
                stored.declaredBy(),
                stored.declaredAt());
    }

    private static String describe(StoredRule rule) {
        Long period = rule.everyMilliseconds();
        return period == null
                ? "cron " + rule.cron() + " in " + rule.zone()
                : "every " + Duration.ofMillis(period) + " from " + rule.anchor();
    }
}
