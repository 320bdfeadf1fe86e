package io.penstock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.error.RefusedException;
import io.penstock.job.ConcurrencyBudget;
import io.penstock.job.JobType;
import io.penstock.job.NewJob;
import io.penstock.job.QueueDefinition;
import io.penstock.testkit.PenstockDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jooq.Configuration;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each refusal names the field, what was expected and what was found. */
@PenstockDatabase.Fresh
@NullUnmarked
class BadInputTest {

    record Mail(String to) {}

    static class NotARecord {}

    private static final JobType<Mail> MAIL = JobType.of("mail", Mail.class).onQueue("mail");
    private static final NewJob<Mail> JOB = MAIL.with(new Mail("a@example.org"));

    private static Arguments bad(String message, ThrowingCallable call) {
        return Arguments.of(message, call);
    }

    static Stream<Arguments> badValues() {
        return Stream.of(
                bad("payload: expected a value, was null", () -> MAIL.with(null)),
                bad("id: expected a value, was null", () -> JOB.id(null)),
                bad("priority: expected a value, was null", () -> JOB.priority(null)),
                bad("run at: expected a value, was null", () -> JOB.runAt(null)),
                bad("run in: expected a value, was null", () -> JOB.runIn(null)),
                bad("concurrency key: expected a value, was null", () -> JOB.concurrencyKey(null)),
                bad("idempotency key: expected a value, was null", () -> JOB.idempotencyKey(null)),
                bad("tags: expected a value, was null", () -> JOB.tags((String[]) null)),
                bad("tag: expected a value, was null", () -> JOB.tags("a", null)),
                bad("metadata key: expected a value, was null", () -> JOB.metadata(null, "v")),
                bad("metadata \"k\": expected a value, was null", () -> JOB.metadata("k", null)),
                bad("queue name: expected a value, was null", () -> JOB.queue(null)),
                bad("max attempts: expected 1 to 999, was 0", () -> JOB.maxAttempts(0)),
                bad("max attempts: expected 1 to 999, was -1", () -> JOB.maxAttempts(-1)),
                bad("max attempts: expected 1 to 999, was 1000", () -> JOB.maxAttempts(1_000)),
                bad("max attempts: expected 1 to 999, was 2147483647", () -> JOB.maxAttempts(Integer.MAX_VALUE)),
                bad("run at: expected 1970 to 9999, was +1000000000-12-31", () -> JOB.runAt(Instant.MAX)),
                bad("run at: expected 1970 to 9999, was -1000000000-01-01", () -> JOB.runAt(Instant.MIN)),
                bad("run in: expected PT0S to PT87600H, was PT-0.000000001S", () -> JOB.runIn(Duration.ofNanos(-1))),
                bad("run in: expected PT0S to PT87600H", () -> JOB.runIn(Duration.ofSeconds(Long.MAX_VALUE))),
                bad("concurrency key: expected 1 to 255 characters, was 0", () -> JOB.concurrencyKey("")),
                bad(
                        "concurrency key: expected 1 to 255 characters, was 256",
                        () -> JOB.concurrencyKey("x".repeat(256))),
                bad(
                        "idempotency key: expected 1 to 255 characters, was 256",
                        () -> JOB.idempotencyKey("x".repeat(256))),
                bad(
                        "idempotency key: expected text without NUL, was NUL at character 1",
                        () -> JOB.idempotencyKey("a\0")),
                bad(
                        "concurrency key: expected well-formed Unicode, was a lone surrogate at character 0",
                        () -> JOB.concurrencyKey("\uDC00")),
                bad(
                        "tag: expected well-formed Unicode, was a lone surrogate at character 1",
                        () -> JOB.tags("a\uD800")),
                bad("tag: expected 1 to 128 characters, was 129", () -> JOB.tags("x".repeat(129))),
                bad(
                        "tags: expected 0 to 16, was 17",
                        () -> JOB.tags(Collections.nCopies(17, "x").toArray(String[]::new))),
                bad("metadata \"k\": expected text without NUL", () -> JOB.metadata("k", "\0")),
                bad(
                        "metadata \"k\": expected 0 to 16384 characters, was 16385",
                        () -> JOB.metadata("k", "x".repeat(16_385))),
                bad("queue name: expected a lower-case letter followed by", () -> JOB.queue("Mail")),
                bad(
                        "queue name: expected a lower-case letter followed by",
                        () -> JOB.queue("mail\"; DROP TABLE x; --")),
                bad(
                        "queue name: expected a lower-case letter followed by",
                        () -> QueueDefinition.of("mail\n", 0, 1, 1)),
                bad(
                        "queue name: expected a lower-case letter followed by",
                        () -> QueueDefinition.of("m".repeat(64), 0, 1, 1)),
                bad("job type name: expected a letter followed by", () -> JobType.of("", Mail.class)),
                bad("job type name: expected a value, was null", () -> JobType.of(null, Mail.class)),
                bad("job type \"mail\" payload class: expected a value, was null", () -> JobType.of("mail", null)),
                bad(
                        "queue \"mail\": concurrency budget guarantee: expected at most its limit 16, was 20",
                        () -> QueueDefinition.of("mail", 20, 16, 1)),
                bad(
                        "queue \"mail\" concurrency budget: expected a value, was null",
                        () -> new QueueDefinition("mail", null)),
                bad("concurrency budget guarantee: expected 0 or more, was -1", () -> new ConcurrencyBudget(-1, 1, 1)));
    }

    @ParameterizedTest
    @MethodSource("badValues")
    void aBadValueIsRefusedAsItIsSet(String message, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(RefusedException.class).hasMessageContaining(message);
    }

    @Test
    void aPayloadClassThatIsNoRecordIsRefused() {
        @SuppressWarnings({"unchecked", "rawtypes"})
        ThrowingCallable call = () -> JobType.of("mail", (Class) NotARecord.class);
        assertThatThrownBy(call)
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("job type \"mail\" payload class: expected a record");
    }

    @Test
    void nothingGivenIsRefusedByEveryMethod(PenstockDatabase database) throws SQLException {
        JobQueue queue = database.jobQueue();
        List<ThrowingCallable> calls = List.of(
                () -> queue.enqueue((NewJob<?>) null),
                () -> queue.enqueue((List<NewJob<?>>) null),
                () -> queue.enqueue(List.of()),
                () -> queue.enqueue(Arrays.asList(JOB, null)),
                () -> queue.enqueue((Connection) null, JOB),
                () -> queue.enqueue((Configuration) null, JOB),
                () -> queue.declare(null),
                () -> queue.find(null),
                () -> queue.cancel(null, "reason"),
                () -> queue.cancel(UUID.randomUUID(), null),
                () -> queue.cancel(UUID.randomUUID(), ""),
                () -> queue.retry(null),
                () -> queue.onCommit(null),
                () -> JobQueue.on(null),
                () -> JobQueue.on(database.dataSource(), null));
        for (ThrowingCallable call : calls) {
            assertThatThrownBy(call)
                    .isInstanceOf(RefusedException.class)
                    .hasMessageMatching("(?s).*: expected .*, was .*");
        }
        assertThat(database.number("SELECT count(*) FROM penstock.live")).isZero();
    }

    @Test
    void anUnknownQueueIsRefusedByName(PenstockDatabase database) throws SQLException {
        JobQueue queue = database.jobQueue();
        assertThatThrownBy(() -> queue.enqueue(JOB.queue("absent")))
                .isInstanceOf(RefusedException.class)
                .hasMessage("queue \"absent\": expected an existing queue, found none; create it or correct the name");
        assertThat(database.openTransactions()).isEmpty();
    }
}
