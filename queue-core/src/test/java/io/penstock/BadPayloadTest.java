package io.penstock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.error.RefusedException;
import io.penstock.job.JobType;
import io.penstock.job.Limits;
import io.penstock.job.NewJob;
import io.penstock.job.PayloadSerializer;
import io.penstock.job.QueueDefinition;
import io.penstock.testkit.PenstockDatabase;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@PenstockDatabase.Fresh
class BadPayloadTest {

    record Anything(Object value) {}

    /** Its only property cannot be read. */
    public static final class Unwritable {
        @SuppressWarnings("DoNotCallSuggester")
        public String getFault() {
            throw new IllegalStateException("not to be read");
        }
    }

    private static final JobType<Anything> TYPE = JobType.of("anything", Anything.class);

    private static JobQueue declared(PenstockDatabase database) {
        JobQueue queue = database.jobQueue();
        queue.declare(QueueDefinition.of("default", 0, 10, 1));
        return queue;
    }

    private static void assertRefused(PenstockDatabase database, Object value, String message) throws SQLException {
        JobQueue queue = declared(database);
        NewJob<Anything> good = TYPE.with(new Anything("good"));
        NewJob<Anything> bad = TYPE.with(new Anything(value));

        assertThatThrownBy(() -> queue.enqueue(List.of(good, bad)))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("job anything " + bad.id() + " on default: payload")
                .hasMessageContaining(message);

        assertThat(queue.find(good.id())).as("its neighbour in the batch").isEmpty();
    }

    private static Object nested(int levels) {
        Object value = 1;
        for (int level = 0; level < levels; level++) {
            value = level % 2 == 0 ? List.of(value) : Map.of("k", value);
        }
        return value;
    }

    @Test
    void aPayloadOfOneMebibyteIsTakenAndOneByteMoreIsRefused(PenstockDatabase database) throws SQLException {
        int wrapping = "{\"value\":\"\"}".length();
        String largest = "x".repeat(Limits.PAYLOAD_BYTES - wrapping);

        JobQueue queue = declared(database);
        assertThat(queue.enqueue(TYPE.with(new Anything(largest))).created()).isTrue();
        assertRefused(
                database,
                largest + "x",
                "expected at most 1048576 bytes; store large data elsewhere and enqueue a"
                        + " reference, was 1048577 bytes");
        assertRefused(database, "é".repeat(Limits.PAYLOAD_BYTES / 2), "expected at most 1048576 bytes");
    }

    @Test
    void aPayloadOfManySmallPartsIsTakenWhenItIsNotTooLarge(PenstockDatabase database) {
        JobQueue queue = declared(database);
        List<Integer> numbers = Collections.nCopies(524_000, 1);
        List<Map<String, Integer>> objects = Collections.nCopies(149_000, Map.of("", 1));
        assertThat(queue.enqueue(TYPE.with(new Anything(numbers))).created()).isTrue();
        assertThat(queue.enqueue(TYPE.with(new Anything(objects))).created()).isTrue();
    }

    @Test
    void nulIsRefused(PenstockDatabase database) throws SQLException {
        assertRefused(database, "a\0b", "expected text without NUL, was \\u0000 at character");
        assertRefused(database, Map.of("k\0", 1), "expected text without NUL");
    }

    @Test
    void aBackslashBeforeAUIsNoEscape(PenstockDatabase database) throws SQLException {
        JobQueue queue = declared(database);
        NewJob<Anything> job = TYPE.with(new Anything("\\u0000 \\\\ud800 \\"));
        queue.enqueue(job);
        assertThat(database.query("SELECT payload ->> 'value' FROM penstock.live WHERE id = '" + job.id() + "'"))
                .containsExactly("\\u0000 \\\\ud800 \\");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\uD83D", "a\uDE00", "\uDE00\uD83D", "\uD83D\uD83D\uDE00"})
    void aLoneSurrogateIsRefused(String text, PenstockDatabase database) throws SQLException {
        assertRefused(database, text, "expected well-formed Unicode, was a lone surrogate");
    }

    @Test
    void whatNestsTooDeepIsRefused(PenstockDatabase database) throws SQLException {
        JobQueue queue = declared(database);
        assertThat(queue.enqueue(TYPE.with(new Anything(nested(Limits.PAYLOAD_DEPTH - 1))))
                        .created())
                .isTrue();
        assertRefused(database, nested(Limits.PAYLOAD_DEPTH), "at most 500 levels");
        assertRefused(database, nested(10_000), "at most 500 levels");
        List<Object> cycle = new ArrayList<>();
        cycle.add(cycle);
        assertRefused(database, cycle, "at most 500 levels");
    }

    @Test
    void whatTheSerialiserCannotWriteIsRefused(PenstockDatabase database) throws SQLException {
        assertRefused(database, new Unwritable(), "expected a record that can be written as JSON");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "nope",
                "1,\"priority\":0",
                "1}",
                "{}}",
                "{},{}",
                "\"\\u00g0\"",
                "\"\\uD83D\\uzzzz\"",
                "\"\\u0000\""
            })
    void whatAnotherSerialiserWritesMustBeOneJsonValue(String text, PenstockDatabase database) throws SQLException {
        declared(database);
        JobQueue queue = JobQueue.on(database.dataSource(), new Fixed(text));
        NewJob<Anything> job = TYPE.with(new Anything("ignored"));

        assertThatThrownBy(() -> queue.enqueue(job)).isInstanceOf(RefusedException.class);
        assertThat(queue.find(job.id())).isEmpty();
    }

    private record Fixed(String text) implements PayloadSerializer {
        @Override
        public String write(Record payload) {
            return text;
        }

        @Override
        public <P extends Record> P read(String json, Class<P> payloadClass) {
            throw new UnsupportedOperationException("not read here");
        }
    }

    @Test
    void aBatchThatIsTooLargeAsAWholeIsRefusedBeforeItIsSent(PenstockDatabase database) {
        JobQueue queue = declared(database);
        String large = "x".repeat(Limits.PAYLOAD_BYTES / 2);
        List<NewJob<Anything>> jobs = new ArrayList<>();
        for (int number = 0; number < 140; number++) {
            jobs.add(TYPE.with(new Anything(large)));
        }
        assertThatThrownBy(() -> queue.enqueue(jobs))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining(
                        "jobs of one call for queue \"default\": expected at most 67108864 characters of JSON");
    }
}
