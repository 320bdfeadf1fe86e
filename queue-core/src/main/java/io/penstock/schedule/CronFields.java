package io.penstock.schedule;

import com.cronutils.model.definition.CronDefinition;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import io.penstock.error.RefusedException;
import io.penstock.job.Checks;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * Six fields, and the moments on a wall clock that they name. The parser is asked about a clock without changes only: it skips
 * what a change of the clock skips, and repeats what one repeats.
 */
final class CronFields {

    private record Field(String name, String expected) {}

    private static final List<Field> FIELDS = List.of(
            new Field("second", "0 to 59"),
            new Field("minute", "0 to 59"),
            new Field("hour", "0 to 23"),
            new Field("day of month", "1 to 31, L, LW, or a day and W"),
            new Field("month", "1 to 12 or JAN to DEC"),
            new Field("day of week", "0 to 7 or SUN to SAT, a day and L, or a day and #1 to #5"));
    private static final int HOUR = 2;
    private static final int DAY_OF_MONTH = 3;
    private static final int DAY_OF_WEEK = 5;
    private static final int LONGEST = 255;
    private static final Set<String> EVERY_HOUR = Set.of("*", "*/1", "0-23");
    private static final ZonedDateTime SOME_TIME = ZonedDateTime.of(2000, 1, 1, 0, 0, 0, 0, ZoneOffset.UTC);
    private static final CronDefinition DEFINITION = CronDefinitionBuilder.defineCron()
            .withSeconds()
            .withValidRange(0, 59)
            .withStrictRange()
            .and()
            .withMinutes()
            .withValidRange(0, 59)
            .withStrictRange()
            .and()
            .withHours()
            .withValidRange(0, 23)
            .withStrictRange()
            .and()
            .withDayOfMonth()
            .withValidRange(1, 31)
            .supportsL()
            .supportsW()
            .supportsLW()
            .withStrictRange()
            .and()
            .withMonth()
            .withValidRange(1, 12)
            .withStrictRange()
            .and()
            .withDayOfWeek()
            .withValidRange(0, 7)
            .withMondayDoWValue(1)
            .withIntMapping(7, 0)
            .supportsHash()
            .supportsL()
            .withStrictRange()
            .and()
            .instance();

    private static final CronParser PARSER = new CronParser(DEFINITION);

    private final ExecutionTime times;
    private final boolean everyHour;

    private CronFields(ExecutionTime times, boolean everyHour) {
        this.times = times;
        this.everyHour = everyHour;
    }

    static CronFields of(String text) {
        String[] given = Checks.ofLength("cron", text, 1, LONGEST).trim().split("\\s+");
        if (given.length != FIELDS.size() && given.length != FIELDS.size() - 1) {
            throw Checks.refused(
                    "cron " + Checks.quoted(text), "5 fields, or 6 with seconds in front", given.length + " fields");
        }
        String[] fields = new String[FIELDS.size()];
        fields[0] = "0";
        System.arraycopy(given, 0, fields, fields.length - given.length, given.length);
        for (int day : new int[] {DAY_OF_MONTH, DAY_OF_WEEK}) {
            fields[day] = fields[day].equals("?") ? "*" : fields[day];
        }
        CronFields parsed;
        boolean ever;
        try {
            parsed = new CronFields(times(String.join(" ", fields)), EVERY_HOUR.contains(fields[HOUR]));
            ever = parsed.times.nextExecution(SOME_TIME).isPresent();
        } catch (RuntimeException misunderstood) {
            throw refused(text, fields, misunderstood);
        }
        if (!ever) {
            throw Checks.refused("cron " + Checks.quoted(text), "a day that comes", "one that never does");
        }
        return parsed;
    }

    /** Whether the hour is left open: such a rule follows elapsed time when the clock changes. */
    boolean everyHour() {
        return everyHour;
    }

    /** The first moment named after this one. */
    LocalDateTime next(LocalDateTime after) {
        return times.nextExecution(after.atZone(ZoneOffset.UTC))
                .map(ZonedDateTime::toLocalDateTime)
                .orElseThrow(() -> Checks.refused("next tick", "one in the next centuries", "none"));
    }

    /** Asks about one field at a time, to tell which one is wrong. */
    private static RefusedException refused(String text, String[] fields, RuntimeException cause) {
        for (int index = 0; index < fields.length; index++) {
            String[] alone = new String[FIELDS.size()];
            Arrays.fill(alone, "*");
            alone[index] = fields[index];
            try {
                times(String.join(" ", alone)).nextExecution(SOME_TIME);
            } catch (RuntimeException misunderstood) {
                Field wrong = FIELDS.get(index);
                return new RefusedException(
                        "cron " + Checks.quoted(text) + " " + wrong.name() + ": expected " + wrong.expected()
                                + "; lists, ranges and steps of them, was " + Checks.quoted(fields[index]),
                        misunderstood);
            }
        }
        return new RefusedException(
                "cron " + Checks.quoted(text) + ": expected fields that go together, was " + cause.getMessage(), cause);
    }

    private static ExecutionTime times(String text) {
        return ExecutionTime.forCron(PARSER.parse(text));
    }
}
