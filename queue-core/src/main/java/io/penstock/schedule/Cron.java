package io.penstock.schedule;

import io.penstock.job.Checks;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Ticks at moments of a wall clock. Five fields: minute, hour, day of month, month, day of week; or six, with the second in
 * front. Each is a number, a name of a month or a day, a list, a range, a step, or {@code *}; days of the month may also be
 * {@code L} (the last), {@code LW} or {@code 15W} (the nearest weekday), days of the week {@code FRI#2} (the second Friday) or
 * {@code 5L} (the last one). Sunday is 0 and 7. Where both days are restricted, one that fits either is enough.
 *
 * <p>When the clock of the zone changes, it is the hour field that counts. With {@code *}, {@code 0-23} or a step of 1 the rule
 * follows elapsed time: every quarter of an hour stays that through a repeated hour, and nothing is made up for a skipped one. With
 * any other hours, the rule names times of day, and each is kept once: one that is skipped comes at the first moment after
 * the gap (all that are skipped there, and one named at that moment, as one), one that is repeated comes the first time only.
 */
public final class Cron implements ScheduleRule {

    private final String text;
    private final ZoneId zone;
    private final CronFields fields;

    private Cron(String text, ZoneId zone) {
        this.zone = Checks.present("cron zone", zone);
        this.fields = CronFields.of(text);
        this.text = text.trim().replaceAll("\\s+", " ");
    }

    /**
     * A rule of a cron text in a zone.
     *
     * @throws io.penstock.error.RefusedException if the text is not understood, naming the field, or its day never comes
     */
    public static Cron of(String text, ZoneId zone) {
        return new Cron(text, zone);
    }

    /** In UTC, where no clock changes. */
    public static Cron utc(String text) {
        return new Cron(text, ZoneOffset.UTC);
    }

    public String text() {
        return text;
    }

    public ZoneId zone() {
        return zone;
    }

    @Override
    public Instant next(Instant after) {
        return Moments.bounded(fields.everyHour() ? elapsed(after) : timeOfDay(after));
    }

    /** Each stretch between two changes of the clock is looked through with its own offset. */
    private Instant elapsed(Instant after) {
        ZoneRules rules = zone.getRules();
        ZoneOffset offset = rules.getOffset(after);
        LocalDateTime from = LocalDateTime.ofInstant(after.truncatedTo(ChronoUnit.SECONDS), offset);
        ZoneOffsetTransition change = rules.nextTransition(after);
        while (true) {
            Instant tick = fields.next(from).toInstant(offset);
            if (change == null || tick.isBefore(change.getInstant())) {
                return tick;
            }
            offset = change.getOffsetAfter();
            from = change.getDateTimeAfter().minusSeconds(1); // so that the change itself may be a tick
            change = rules.nextTransition(change.getInstant());
        }
    }

    private Instant timeOfDay(Instant after) {
        LocalDateTime local = seenUpTo(after);
        while (true) {
            local = fields.next(local);
            Instant tick = firstMoment(local);
            if (tick.isAfter(after)) {
                return tick;
            }
        }
    }

    /** Up to which time of day everything has had its tick by a moment: in the second pass through an hour, all of it. */
    private LocalDateTime seenUpTo(Instant after) {
        LocalDateTime local = LocalDateTime.ofInstant(after.truncatedTo(ChronoUnit.SECONDS), zone);
        ZoneOffsetTransition change = zone.getRules().getTransition(local);
        return change != null && change.isOverlap() && !after.isBefore(change.getInstant())
                ? change.getDateTimeBefore().minusSeconds(1)
                : local;
    }

    private Instant firstMoment(LocalDateTime local) {
        ZoneOffsetTransition change = zone.getRules().getTransition(local);
        if (change == null) {
            return local.toInstant(zone.getRules().getOffset(local));
        }
        return change.isGap() ? change.getInstant() : local.toInstant(change.getOffsetBefore());
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Cron cron && text.equals(cron.text) && zone.equals(cron.zone);
    }

    @Override
    public int hashCode() {
        return Objects.hash(text, zone);
    }

    @Override
    public String toString() {
        return "cron " + text + " in " + zone;
    }
}
