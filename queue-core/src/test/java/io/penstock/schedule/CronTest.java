package io.penstock.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.error.RefusedException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where the clock on the wall changes, and what days can be said. */
class CronTest {

    private static final String BERLIN = "Europe/Berlin";
    private static final String NEW_YORK = "America/New_York";
    private static final String LORD_HOWE = "Australia/Lord_Howe";

    /** The next ticks after a local time, as local times with their offsets. */
    private static List<String> ticks(String cron, String zone, String after, int count) {
        ZoneId id = ZoneId.of(zone);
        Cron rule = Cron.of(cron, id);
        List<String> ticks = new ArrayList<>();
        Instant tick = ZonedDateTime.parse(after).toInstant();
        for (int number = 0; number < count; number++) {
            tick = rule.next(tick);
            ticks.add(tick.atZone(id).toOffsetDateTime().toString());
        }
        return ticks;
    }

    private static List<String> utc(String cron, int count) {
        return ticks(cron, "UTC", "2026-01-01T00:00:00Z", count).stream()
                .map(tick -> tick.substring(0, 10))
                .toList();
    }

    @Test
    void aTimeThatIsSkippedInSpringComesAtTheFirstMomentAfterTheGap() {
        assertThat(ticks("30 2 * * *", BERLIN, "2026-03-28T03:00+01:00", 2))
                .containsExactly("2026-03-29T03:00+02:00", "2026-03-30T02:30+02:00");
        assertThat(ticks("30 2 * * *", NEW_YORK, "2026-03-07T03:00-05:00", 2))
                .containsExactly("2026-03-08T03:00-04:00", "2026-03-09T02:30-04:00");
        assertThat(ticks("15 2 * * *", LORD_HOWE, "2026-10-03T03:00+10:30", 2)) // from 2:00 to 2:30
                .containsExactly("2026-10-04T02:30+11:00", "2026-10-05T02:15+11:00");
    }

    @Test
    void severalTimesSkippedAndOneNamedAtTheEndOfTheGapComeAsOne() {
        assertThat(ticks("*/20 2-3 * * *", BERLIN, "2026-03-28T23:00+01:00", 4))
                .containsExactly(
                        "2026-03-29T03:00+02:00",
                        "2026-03-29T03:20+02:00",
                        "2026-03-29T03:40+02:00",
                        "2026-03-30T02:00+02:00");
    }

    @Test
    void aTimeThatIsRepeatedInAutumnComesTheFirstTimeOnly() {
        assertThat(ticks("30 2 * * *", BERLIN, "2026-10-24T03:00+02:00", 2))
                .containsExactly("2026-10-25T02:30+02:00", "2026-10-26T02:30+01:00");
        assertThat(ticks("30 1 * * *", NEW_YORK, "2026-10-31T03:00-04:00", 2))
                .containsExactly("2026-11-01T01:30-04:00", "2026-11-02T01:30-05:00");
        assertThat(ticks("*/10 1 * * *", LORD_HOWE, "2026-04-05T01:25+11:00", 4)) // from 2:00 back to 1:30
                .containsExactly(
                        "2026-04-05T01:30+11:00",
                        "2026-04-05T01:40+11:00",
                        "2026-04-05T01:50+11:00",
                        "2026-04-06T01:00+10:30");
        assertThat(ticks("* 2 * * *", BERLIN, "2026-10-25T02:10+01:00", 1)) // asked during the second pass
                .containsExactly("2026-10-26T02:00+01:00");
    }

    @Test
    void aRuleThatLeavesTheHourOpenFollowsElapsedTime() {
        assertThat(ticks("*/30 * * * *", BERLIN, "2026-03-29T01:00+01:00", 3))
                .containsExactly("2026-03-29T01:30+01:00", "2026-03-29T03:00+02:00", "2026-03-29T03:30+02:00");
        assertThat(ticks("*/30 * * * *", BERLIN, "2026-10-25T02:00+02:00", 4))
                .containsExactly(
                        "2026-10-25T02:30+02:00",
                        "2026-10-25T02:00+01:00",
                        "2026-10-25T02:30+01:00",
                        "2026-10-25T03:00+01:00");
        assertThat(ticks("0 0-23 * * *", NEW_YORK, "2026-11-01T00:00-04:00", 3))
                .containsExactly("2026-11-01T01:00-04:00", "2026-11-01T01:00-05:00", "2026-11-01T02:00-05:00");
        assertThat(ticks("*/15 * * * *", LORD_HOWE, "2026-04-05T01:45+11:00", 3))
                .containsExactly("2026-04-05T01:30+10:30", "2026-04-05T01:45+10:30", "2026-04-05T02:00+10:30");
    }

    @Test
    void aDayThatAZoneLeftOutComesAtTheFirstMomentAfterIt() {
        assertThat(ticks("0 9 * * *", "Pacific/Apia", "2011-12-29T10:00-10:00", 2))
                .containsExactly("2011-12-31T00:00+14:00", "2011-12-31T09:00+14:00");
    }

    @Test
    void theTwentyNinthOfFebruaryComesInLeapYearsOnly() {
        assertThat(utc("0 0 29 2 *", 3)).containsExactly("2028-02-29", "2032-02-29", "2036-02-29");
        assertThat(ticks("0 0 29 2 *", "UTC", "2096-03-01T00:00Z", 1)).containsExactly("2104-02-29T00:00Z");
        assertThat(utc("0 0 31 * *", 3)).containsExactly("2026-01-31", "2026-03-31", "2026-05-31");
    }

    @Test
    void whereBothDaysAreRestrictedOneIsEnough() {
        assertThat(utc("0 0 13 * FRI", 4)).containsExactly("2026-01-02", "2026-01-09", "2026-01-13", "2026-01-16");
        assertThat(utc("0 0 29 2 MON", 2)).containsExactly("2026-02-02", "2026-02-09");
        assertThat(utc("0 0 ? * 7", 2)).containsExactly("2026-01-04", "2026-01-11");
        assertThat(utc("0 0 13 * ?", 2)).containsExactly("2026-01-13", "2026-02-13");
    }

    @Test
    void daysMayBeCountedFromTheEndOfAMonthOrByWeekday() {
        assertThat(utc("0 0 L * *", 3)).containsExactly("2026-01-31", "2026-02-28", "2026-03-31");
        assertThat(utc("0 0 LW * *", 3)).containsExactly("2026-01-30", "2026-02-27", "2026-03-31");
        assertThat(utc("0 0 15W * *", 3)).containsExactly("2026-01-15", "2026-02-16", "2026-03-16");
        assertThat(utc("0 0 * * FRI#2", 3)).containsExactly("2026-01-09", "2026-02-13", "2026-03-13");
        assertThat(utc("0 0 * * 5L", 3)).containsExactly("2026-01-30", "2026-02-27", "2026-03-27");
    }

    @Test
    void aSecondsFieldStandsInFront() {
        assertThat(ticks("*/20 * * * * *", "UTC", "2026-01-01T00:00:05Z", 3))
                .containsExactly("2026-01-01T00:00:20Z", "2026-01-01T00:00:40Z", "2026-01-01T00:01Z");
        assertThat(Cron.utc("* * * * * *").next(Instant.parse("2026-01-01T00:00:00.999Z")))
                .isEqualTo("2026-01-01T00:00:01Z");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "60 * * * *|minute: expected 0 to 59; lists, ranges and steps of them, was \"60\"",
                "*/0 * * * *|minute: expected 0 to 59",
                "0 24 * * *|hour: expected 0 to 23; lists, ranges and steps of them, was \"24\"",
                "0 5-1 * * *|hour: expected 0 to 23; lists, ranges and steps of them, was \"5-1\"",
                "0 0 0 * *|day of month: expected 1 to 31",
                "0 0 1,,2 * *|day of month: expected 1 to 31",
                "0 0 * 13 *|month: expected 1 to 12 or JAN to DEC; lists, ranges and steps of them, was \"13\"",
                "0 0 * * 8|day of week: expected 0 to 7 or SUN to SAT",
                "0 0 * * FUNDAY|day of week: expected 0 to 7 or SUN to SAT",
                "61 0 0 * * *|second: expected 0 to 59; lists, ranges and steps of them, was \"61\"",
                "* * * *|expected 5 fields, or 6 with seconds in front, was 4 fields",
                "@daily|expected 5 fields, or 6 with seconds in front, was 1 fields",
                "0 0 30 2 *|expected a day that comes, was one that never does",
            })
    void aBadTextIsRefusedWithItsFieldAndWhatWasExpected(String text, String message) {
        assertThatThrownBy(() -> Cron.utc(text))
                .isInstanceOf(RefusedException.class)
                .hasMessageStartingWith("cron \"" + text + "\"")
                .hasMessageContaining(message);
    }

    @Test
    void rulesOfTheSameTextAndZoneAreEqual() {
        assertThat(Cron.utc(" 0  0 * * * ")).isEqualTo(Cron.utc("0 0 * * *")).hasSameHashCodeAs(Cron.utc("0 0 * * *"));
        assertThat(Cron.utc("0 0 * * *")).isNotEqualTo(Cron.of("0 0 * * *", ZoneId.of(BERLIN)));
    }
}
