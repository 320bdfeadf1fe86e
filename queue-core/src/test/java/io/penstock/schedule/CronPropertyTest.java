package io.penstock.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.error.RefusedException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Random rules against an oracle that steps through time and knows nothing of how the next tick is found. */
class CronPropertyTest {

    private static final long SEED = Long.getLong("penstock.schedule.seed", 20260329L);
    private static final Duration AROUND = Duration.ofHours(13);
    private static final int RULES = 60;
    private static final int QUESTIONS = 25;

    /** Second by second: whether a tick is due at each, from half a day before a change of the clock to half a day after. */
    private static boolean[] stepped(RandomCron cron, ZoneId zone, Instant start, int seconds) {
        boolean[] ticks = new boolean[seconds];
        for (int second = 0; second < seconds; second++) {
            Instant moment = start.plusSeconds(second);
            LocalDateTime local = LocalDateTime.ofInstant(moment, zone);
            ticks[second] = cron.names(local);
            ZoneOffsetTransition change = zone.getRules().getTransition(local);
            if (change != null && change.isOverlap() && !moment.isBefore(change.getInstant())) {
                ticks[second] &= cron.everyHour();
            }
            ZoneOffsetTransition last = zone.getRules().previousTransition(moment.plusNanos(1));
            if (!cron.everyHour() && last.isGap() && last.getInstant().equals(moment)) {
                for (LocalDateTime skipped = last.getDateTimeBefore();
                        skipped.isBefore(last.getDateTimeAfter());
                        skipped = skipped.plusSeconds(1)) {
                    ticks[second] |= cron.names(skipped);
                }
            }
        }
        return ticks;
    }

    private static @Nullable Instant nextStepped(boolean[] ticks, Instant start, Instant after) {
        int from = (int) Math.floorDiv(Duration.between(start, after).toMillis(), 1_000) + 1;
        for (int second = from; second < ticks.length; second++) {
            if (ticks[second]) {
                return start.plusSeconds(second);
            }
        }
        return null;
    }

    @ParameterizedTest
    @CsvSource({
        "Europe/Berlin,2026-03-29T01:00:00Z",
        "Europe/Berlin,2026-10-25T01:00:00Z",
        "America/New_York,2026-03-08T07:00:00Z",
        "America/New_York,2026-11-01T06:00:00Z",
        "Australia/Lord_Howe,2026-04-04T15:00:00Z",
        "Australia/Lord_Howe,2026-10-03T15:30:00Z",
    })
    void aroundAChangeOfTheClockTheNextTickIsTheOneThatSteppingFinds(String zoneName, Instant change) {
        ZoneId zone = ZoneId.of(zoneName);
        assertThat(zone.getRules().nextTransition(change.minusSeconds(1)).getInstant())
                .isEqualTo(change);
        Instant start = change.minus(AROUND);
        Instant end = change.plus(AROUND);
        int seconds = (int) AROUND.toSeconds() * 2;
        Random random = new Random(SEED + change.getEpochSecond());
        int found = 0;
        for (int rules = 0; rules < RULES; rules++) {
            RandomCron cron = new RandomCron(random, 80);
            Cron rule = Cron.of(cron.text(), zone);
            boolean[] ticks = stepped(cron, zone, start, seconds);
            for (int question = 0; question < QUESTIONS; question++) {
                long spread = question % 2 == 0 ? seconds * 1_000L : 7_200_000L; // half of them near the change
                Instant after = question % 2 == 0
                        ? start.plusMillis((long) (random.nextDouble() * spread))
                        : change.minusMillis(spread / 2).plusMillis((long) (random.nextDouble() * spread));
                Instant expected = nextStepped(ticks, start, after);
                Instant next = rule.next(after);
                if (expected == null) {
                    assertThat(next).as("%s in %s after %s", cron, zone, after).isAfterOrEqualTo(end);
                } else {
                    assertThat(next).as("%s in %s after %s", cron, zone, after).isEqualTo(expected);
                    found++;
                }
            }
        }
        assertThat(found).as("questions with a tick in sight").isGreaterThan(RULES * QUESTIONS / 3);
    }

    @Test
    void overTheYearsTheNextTickIsTheOneThatSteppingFinds() {
        Random random = new Random(SEED);
        for (int rules = 0; rules < 400; rules++) {
            RandomCron cron = new RandomCron(random, 10);
            Cron rule = ruleOrNone(cron);
            if (rule != null) {
                LocalDateTime after = LocalDateTime.of(2020, 1, 1, 0, 0).plusSeconds(random.nextInt(400_000_000));
                for (int tick = 0; tick < 3; tick++) {
                    LocalDateTime expected = after.plusSeconds(1);
                    while (!cron.names(expected)) { // a day at a time where no second of it can be one
                        expected = cron.namesDay(expected)
                                ? expected.plusSeconds(1)
                                : expected.toLocalDate().plusDays(1).atStartOfDay();
                    }
                    assertThat(LocalDateTime.ofInstant(rule.next(after.toInstant(ZoneOffset.UTC)), ZoneOffset.UTC))
                            .as("%s after %s", cron, after)
                            .isEqualTo(expected);
                    after = expected;
                }
            }
        }
    }

    @Test
    void theNextTickNeverGoesBackWhileTimeGoesOn() {
        Random random = new Random(SEED);
        for (ZoneId zone : new ZoneId[] {ZoneId.of("Europe/Berlin"), ZoneId.of("Australia/Lord_Howe")}) {
            for (int rules = 0; rules < 40; rules++) {
                Cron rule = Cron.of(new RandomCron(random, 90).text(), zone);
                Instant after = Instant.parse("2026-03-20T00:00:00Z");
                Instant previous = rule.next(after);
                for (int step = 0; step < 100; step++) {
                    after = after.plusMillis(random.nextInt(16_000_000));
                    Instant next = rule.next(after);
                    assertThat(next)
                            .as("%s after %s", rule, after)
                            .isAfter(after)
                            .isAfterOrEqualTo(previous);
                    previous = next;
                }
            }
        }
    }

    @Test
    void whateverIsWrittenIsRefusedOrHasANextTick() {
        Random random = new Random(SEED);
        String characters = "0123456789*/,-#LWJANMONFRI? ";
        int understood = 0;
        for (int text = 0; text < 20_000; text++) {
            StringBuilder fields = new StringBuilder();
            for (int field = 0; field < 5; field++) {
                int length = random.nextInt(4) == 0 ? 1 + random.nextInt(4) : 0;
                for (int index = 0; index < length; index++) {
                    fields.append(characters.charAt(random.nextInt(characters.length())));
                }
                fields.append(length == 0 ? "* " : " ");
            }
            try {
                Instant now = Instant.parse("2026-11-24T12:00:00Z");
                assertThat(Cron.utc(fields.toString()).next(now))
                        .as(fields.toString())
                        .isAfter(now);
                understood++;
            } catch (RefusedException refused) {
                assertThat(refused).hasMessageContaining("cron ").hasMessageContaining("expected ");
            }
        }
        assertThat(understood).isBetween(2_000, 18_000);
    }

    private static @Nullable Cron ruleOrNone(RandomCron cron) {
        try {
            return Cron.utc(cron.text());
        } catch (RefusedException refused) {
            assertThat(refused).hasMessageContaining("never"); // the thirtieth of February
            return null;
        }
    }
}
