package io.penstock.operate;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.job.ConcurrencyBudget;
import io.penstock.job.Pause;
import io.penstock.job.PauseScope;
import io.penstock.job.QueueDefinition;
import io.penstock.job.QueueStatus;
import io.penstock.operate.Explanation.Held;
import io.penstock.store.FleetStore.Fleet;
import io.penstock.store.FleetStore.Member;
import io.penstock.store.QueueStatusStore.Counted;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What an operator is told of a queue whose first job does not run. */
class ExplanationTest {

    private static final Instant NOW = Instant.parse("2026-01-01T02:47:00Z");
    private static final Instant EARLIER = NOW.minusSeconds(30);

    private static QueueStatus queue(
            String name, ConcurrencyBudget budget, int running, @Nullable Instant head, @Nullable Instant pausedAt) {
        return new QueueStatus(
                new QueueDefinition(name, budget),
                EARLIER,
                head == null ? 0 : 5,
                running,
                0,
                0,
                head,
                null,
                pausedAt == null
                        ? List.of()
                        : List.of(new Pause(PauseScope.queue(), pausedAt, "ada", "incident 7", null)));
    }

    private static List<String> explain(QueueStatus mail, QueueStatus other, Member... members) {
        return explain(mail, other, new Held(List.of(), List.of(), List.of()), members);
    }

    private static List<String> explain(QueueStatus mail, QueueStatus other, Held held, Member... members) {
        return explain(mail, other, held, Set.of(), members);
    }

    private static List<String> explain(
            QueueStatus mail, QueueStatus other, Held held, Set<Integer> givingWay, Member... members) {
        Fleet fleet = new Fleet(1, 1, 0, false, List.of(members), Map.of(), givingWay);
        return new Explanation(1, Map.of(1, mail, 2, other), held, fleet, NOW).reasons();
    }

    private static final ConcurrencyBudget BUDGET = new ConcurrencyBudget(4, 10, 1);
    private static final QueueStatus IDLE = queue("bulk", ConcurrencyBudget.spare(20), 0, null, null);
    private static final Member WORKER = new Member(9, 16, 4, Set.of(1, 2));

    @Test
    void aHeavyQueueThatGivesWay() {
        assertThat(explain(
                        queue("mail", BUDGET, 0, EARLIER, null),
                        IDLE,
                        new Held(List.of(), List.of(), List.of()),
                        Set.of(1),
                        WORKER))
                .first()
                .asString()
                .contains("heavy and gives way", "penstock alerts list");
    }

    @Test
    void nothingAvailable() {
        assertThat(explain(queue("mail", BUDGET, 0, null, null), IDLE, WORKER))
                .containsExactly("no job is available, and none waits for a time");
    }

    @Test
    void pausedComesFirst() {
        assertThat(explain(queue("mail", BUDGET, 0, EARLIER, EARLIER), IDLE))
                .first()
                .asString()
                .startsWith(
                        "it is paused since 2026-01-01T02:46:30Z by ada: incident 7; 5 jobs are available, the first for 30 s");
    }

    @Test
    void nobodyWorksOnIt() {
        assertThat(explain(queue("mail", BUDGET, 0, EARLIER, null), IDLE, new Member(9, 16, 4, Set.of(2))))
                .containsExactly("no worker that is alive works on it, of 1; 5 jobs are available, the first for 30 s");
    }

    @Test
    void itsLimitIsInUse() {
        assertThat(explain(queue("mail", BUDGET, 10, EARLIER, null), IDLE, WORKER))
                .containsExactly("its limit of 10 is in use: 10 run; 5 jobs are available, the first for 30 s");
    }

    @Test
    void othersHaveTheSlots() {
        QueueStatus bulk = queue("bulk", ConcurrencyBudget.spare(20), 12, EARLIER, null);
        assertThat(explain(queue("mail", BUDGET, 4, EARLIER, null), bulk, WORKER))
                .containsExactly(
                        "the 16 slots of its 1 workers are taken, by \"bulk\" with 12, \"mail\" with 4; it runs 4 and is"
                                + " guaranteed 4; 5 jobs are available, the first for 30 s");
        assertThat(explain(queue("mail", BUDGET, 3, EARLIER, null), bulk, WORKER))
                .as("below its guarantee it has the headroom")
                .first()
                .asString()
                .startsWith("slots are free and nothing that is stored keeps it from running");
    }

    @Test
    void whatHasJustComeIsNoReasonToLook() {
        assertThat(explain(queue("mail", BUDGET, 0, NOW, null), IDLE, WORKER))
                .containsExactly("nothing keeps it from running: 5 jobs are available, the first for 0 s");
    }

    @Test
    void theSlotsOfAStrictLimitMayBeHeldByWhoDoesNotUseThem() {
        Held held = new Held(List.of(), List.of(), List.of(new Counted("mail-1", 8), new Counted("mail-2 (lost)", 2)));
        assertThat(explain(queue("mail", BUDGET.strict(true), 7, EARLIER, null), IDLE, held, WORKER))
                .containsExactly(
                        "the 10 slots of its strict limit are held, by \"mail-1\" with 8, \"mail-2 (lost)\" with 2, which"
                                + " run 7; 5 jobs are available, the first for 30 s");
    }

    @Test
    void whatIsSnoozedIsToldWithItsReason() {
        Held held = new Held(List.of(), List.of(new Counted("circuit breaker \"smtp\" is open", 12)), List.of());
        assertThat(explain(queue("mail", BUDGET, 0, null, null), IDLE, held, WORKER))
                .first()
                .isEqualTo("12 jobs are snoozed: circuit breaker \"smtp\" is open");
    }
}
