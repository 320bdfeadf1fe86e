package io.penstock.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class NewJobTest {

    record Mail(String to) {}

    private static final JobType<Mail> MAIL = JobType.of("mail", Mail.class).onQueue("mail");

    private static List<Object> everything(NewJob<Mail> job) {
        return List.of(
                job.type(),
                job.payload(),
                job.id(),
                job.queue(),
                job.priority(),
                job.maxAttempts(),
                String.valueOf(job.runAt()),
                String.valueOf(job.runIn()),
                String.valueOf(job.concurrencyKey()),
                String.valueOf(job.idempotencyKey()),
                job.tags(),
                job.metadata());
    }

    @Test
    void aNewJobHasTheDefaults() {
        NewJob<Mail> job = MAIL.with(new Mail("a"));
        assertThat(job.queue()).isEqualTo("mail");
        assertThat(job.priority()).isEqualTo(Priority.NORMAL);
        assertThat(job.maxAttempts()).isEqualTo(Limits.DEFAULT_MAX_ATTEMPTS);
        assertThat(job.runAt()).isNull();
        assertThat(job.tags()).isEmpty();
        assertThat(job.metadata()).isEmpty();
        assertThat(job).hasToString("mail " + job.id() + " on mail");
    }

    @Test
    void eachMethodChangesACopyAndOneValueOnly() {
        NewJob<Mail> job = MAIL.with(new Mail("a")).tags("first").metadata("k", "v");
        List<Object> before = everything(job);
        List<UnaryOperator<NewJob<Mail>>> changes = List.of(
                changed -> changed.id(new UUID(1, 2)),
                changed -> changed.queue("other"),
                changed -> changed.priority(Priority.LOW),
                changed -> changed.maxAttempts(7),
                changed -> changed.runAt(Instant.EPOCH),
                changed -> changed.runIn(Duration.ofHours(1)),
                changed -> changed.concurrencyKey("tenant"),
                changed -> changed.idempotencyKey("order"),
                changed -> changed.tags("second"),
                changed -> changed.metadata("other", "w"));
        for (UnaryOperator<NewJob<Mail>> change : changes) {
            List<Object> after = everything(change.apply(job));
            assertThat(everything(job)).isEqualTo(before);
            long differences = 0;
            for (int value = 0; value < before.size(); value++) {
                differences += before.get(value).equals(after.get(value)) ? 0 : 1;
            }
            assertThat(differences).isEqualTo(1);
        }
    }

    @Test
    void theCollectionsOfAJobCannotBeChanged() {
        String[] tags = {"a", "b"};
        NewJob<Mail> job = MAIL.with(new Mail("a")).tags(tags).metadata("k", "v");
        tags[0] = "changed";
        List<String> held = job.tags();
        Map<String, String> metadata = job.metadata();
        assertThat(held).containsExactly("a", "b");
        assertThatThrownBy(() -> held.add("c")).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> metadata.put("x", "y")).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void metadataAddsUpAndALaterValueReplacesAnEarlierOne() {
        NewJob<Mail> job =
                MAIL.with(new Mail("a")).metadata("a", "1").metadata("b", "2").metadata("a", "3");
        assertThat(job.metadata()).containsExactlyInAnyOrderEntriesOf(Map.of("a", "3", "b", "2"));
    }

    @Test
    void theLastOfTwoTimesCounts() {
        NewJob<Mail> later = MAIL.with(new Mail("a")).runAt(Instant.EPOCH).runIn(Duration.ofHours(1));
        assertThat(later.runAt()).isNull();
        assertThat(later.runIn()).isEqualTo(Duration.ofHours(1));
        assertThat(later.runAt(Instant.EPOCH).runIn()).isNull();
    }
}
