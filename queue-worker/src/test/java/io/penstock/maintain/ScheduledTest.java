package io.penstock.maintain;

import io.penstock.observe.Events;
import io.penstock.observe.WorkerEvent;
import io.penstock.schedule.CatchUp;
import io.penstock.schedule.Cron;
import io.penstock.schedule.ScheduleDefinition;
import io.penstock.schedule.ScheduleRule;
import io.penstock.schedule.Schedules;
import io.penstock.testkit.PenstockDatabase;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A keeper of schedules, round by round, on a clock of the database that the test moves. */
abstract class ScheduledTest extends ClaimingTest {

    static final ScheduleRule SECONDLY = Cron.utc("* * * * * *");
    static final Instant START = Instant.parse("2030-01-01T00:00:00Z");

    final List<WorkerEvent> events = new ArrayList<>();
    final List<Integer> woken = new ArrayList<>();
    final Schedules schedules;
    final ScheduleKeeper keeper;

    ScheduledTest(PenstockDatabase database) throws SQLException {
        super(database);
        this.schedules = Schedules.on(database.dataSource());
        this.keeper = new ScheduleKeeper(link, new Events(List.of(events::add)), woken::add);
    }

    @BeforeEach
    void begin() throws SQLException {
        clock(START);
        database.execute("DELETE FROM penstock.schedule; DELETE FROM penstock.idempotency");
    }

    @AfterEach
    void resetClock() throws SQLException {
        database.execute("CREATE OR REPLACE FUNCTION penstock.clock() RETURNS timestamptz LANGUAGE sql VOLATILE"
                + " PARALLEL SAFE AS 'SELECT pg_catalog.clock_timestamp()'");
    }

    void clock(Instant moment) throws SQLException {
        database.execute("CREATE OR REPLACE FUNCTION penstock.clock() RETURNS timestamptz LANGUAGE sql VOLATILE"
                + " PARALLEL SAFE AS $$SELECT timestamptz '" + moment + "'$$");
    }

    void clock(double seconds) throws SQLException {
        clock(second(0).plusMillis((long) (seconds * 1_000)));
    }

    static Instant second(int number) {
        return START.plusSeconds(number);
    }

    void declare(String name, ScheduleRule rule, CatchUp catchUp) throws SQLException {
        schedules.declare(
                ScheduleDefinition.of(name, rule, type.with(new Nothing())).catchingUp(catchUp));
        round(); // a worker computes where it stands
    }

    void lookAround() throws SQLException {
        Look look = look();
        keeper.seen(look.watched(), look.at());
    }

    /** What the maintainer does in one round about schedules. */
    void round() throws SQLException {
        lookAround();
        keeper.run(now);
        now += 200_000_000L;
    }

    List<String> ticks(String name) throws SQLException {
        return database.query("SELECT metadata ->> 'tick' FROM penstock.live WHERE metadata ->> 'schedule' = '" + name
                + "' AND queue_id = " + queueId + " ORDER BY position");
    }

    static String iso(int second) {
        return second(second).toString().replace("Z", ".000Z");
    }

    <E extends WorkerEvent> List<E> told(Class<E> kind) {
        return events.stream().filter(kind::isInstance).map(kind::cast).toList();
    }
}
