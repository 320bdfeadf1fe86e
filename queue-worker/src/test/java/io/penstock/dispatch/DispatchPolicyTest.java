package io.penstock.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.job.ConcurrencyBudget;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class DispatchPolicyTest {

    private static QueueLoad load(int guarantee, int limit, int weight, int running, boolean hungry) {
        return new QueueLoad(new ConcurrencyBudget(guarantee, limit, weight), running, hungry, 0, 1);
    }

    private static List<Integer> granted(List<QueueLoad> before, List<QueueLoad> after) {
        List<Integer> granted = new ArrayList<>();
        for (int index = 0; index < before.size(); index++) {
            granted.add(after.get(index).running() - before.get(index).running());
        }
        return granted;
    }

    private static List<Integer> decide(int capacity, int headroom, QueueLoad... loads) {
        return granted(List.of(loads), new DispatchPolicy(capacity, headroom).decide(List.of(loads)));
    }

    @Test
    void anIdleGuaranteeIsLent() {
        assertThat(decide(13, 3, load(12, 16, 1, 0, false), load(0, 16, 1, 0, true)))
                .containsExactly(0, 13);
    }

    @Test
    void aQueueBelowItsGuaranteeRunsOnHeadroomWhenAllSlotsAreLent() {
        assertThat(decide(13, 3, load(12, 16, 1, 0, true), load(0, 16, 1, 13, true)))
                .containsExactly(3, 0);
    }

    @Test
    void aFreedSlotIsRetiredWhileMoreRunsThanTheCapacity() {
        assertThat(decide(13, 3, load(12, 16, 1, 3, false), load(0, 16, 1, 11, true)))
                .containsExactly(0, 0);
    }

    @Test
    void withoutHeadroomAFreeSlotGoesToWhoIsOwedItFirst() {
        assertThat(decide(4, 0, load(2, 4, 1, 0, true), load(0, 4, 100, 3, true)))
                .containsExactly(1, 0);
    }

    @Test
    void spareSlotsAreSharedByWeight() {
        assertThat(decide(12, 0, load(0, 12, 3, 0, true), load(0, 12, 1, 0, true)))
                .containsExactly(9, 3);
    }

    @Test
    void aQueueThatWasIdleHasNoCreditForIt() {
        QueueLoad busy = new QueueLoad(ConcurrencyBudget.spare(10), 4, true, 500, 1);
        QueueLoad idle = new QueueLoad(ConcurrencyBudget.spare(10), 0, true, 0, 1);
        assertThat(decide(10, 0, busy, idle).get(0)).isGreaterThanOrEqualTo(2);
    }

    @RepeatedTest(2_000)
    void whateverTheBudgetsTheRulesHold(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        int capacity = 1 + random.nextInt(20);
        int headroom = random.nextInt(6);
        List<QueueLoad> before = new ArrayList<>();
        int room = capacity + headroom;
        for (int queue = 0; queue < 1 + random.nextInt(6); queue++) {
            int limit = 1 + random.nextInt(15);
            int running = Math.min(random.nextInt(limit + 1), room);
            room -= running;
            before.add(new QueueLoad(
                    new ConcurrencyBudget(random.nextInt(limit + 1), limit, 1 + random.nextInt(9)),
                    running,
                    random.nextBoolean(),
                    random.nextInt(50),
                    0.1 + random.nextDouble() * 20));
        }

        List<QueueLoad> after = new DispatchPolicy(capacity, headroom).decide(before);

        int total = after.stream().mapToInt(QueueLoad::running).sum();
        boolean grew = !after.equals(before);
        assertThat(total).isLessThanOrEqualTo(capacity + headroom);
        for (int index = 0; index < after.size(); index++) {
            QueueLoad load = after.get(index);
            assertThat(load.running())
                    .isBetween(before.get(index).running(), load.budget().limit());
            assertThat(load.hungry() || load.running() == before.get(index).running())
                    .isTrue();
            if (total < capacity + headroom) {
                assertThat(load.belowGuarantee()).as("owed while there is room").isFalse();
            }
            if (total < capacity) {
                assertThat(load.belowLimit()).as("idle slot and allowed work").isFalse();
            }
            if (total > capacity && grew && load.running() > before.get(index).running()) {
                assertThat(load.running())
                        .as("headroom is for guarantees")
                        .isLessThanOrEqualTo(Math.max(
                                load.budget().guarantee(),
                                before.get(index).running()
                                        + Math.max(
                                                0,
                                                capacity
                                                        - before.stream()
                                                                .mapToInt(QueueLoad::running)
                                                                .sum())));
            }
        }
    }

    @Test
    void everyQueueWithAWeightMakesProgressBesideAHeavierOne() {
        List<QueueLoad> loads = new ArrayList<>(List.of(load(0, 4, 1_000, 0, true), load(0, 4, 1, 0, true)));
        DispatchPolicy policy = new DispatchPolicy(1, 0);
        int light = 0;
        for (int turn = 0; turn < 5_000; turn++) {
            List<QueueLoad> after = policy.decide(loads);
            light += after.get(1).running();
            for (int index = 0; index < loads.size(); index++) {
                QueueLoad load = after.get(index);
                loads.set(index, new QueueLoad(load.budget(), 0, true, load.virtualTime(), 1));
            }
        }
        assertThat(light).isBetween(4, 6);
    }
}
