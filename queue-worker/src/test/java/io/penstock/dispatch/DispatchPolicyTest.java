package io.penstock.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.job.ConcurrencyBudget;
import io.penstock.job.Lending;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class DispatchPolicyTest {

    private static QueueLoad load(int guarantee, int limit, int weight, int running, boolean hungry) {
        return new QueueLoad(new ConcurrencyBudget(guarantee, limit, weight), running, hungry, 0, 1, 1);
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
        assertThat(decide(13, 12, load(12, 16, 1, 0, false), load(0, 16, 1, 0, true)))
                .containsExactly(0, 13);
    }

    @Test
    void whatHeadroomDoesNotCoverIsLentToShortAttempts() {
        QueueLoad lender = load(12, 16, 1, 0, false);
        QueueLoad shortRuns = new QueueLoad(ConcurrencyBudget.spare(16), 0, true, 0, 0.1, 0.4);
        assertThat(decide(13, 3, lender, shortRuns)).containsExactly(0, 13);
        assertThat(decide(13, 3, lender, load(0, 16, 1, 0, true)))
                .as("what nobody is guaranteed, and as much as the headroom")
                .containsExactly(0, 1 + 3);
    }

    @Test
    void slotsForLongLoansAreLentToAnybodyAndThoseOnHoldToNobody() {
        Lending terms = Lending.DEFAULT.longLoans(4).hold(2);
        QueueLoad lender = new QueueLoad(ConcurrencyBudget.guaranteed(12, 16).lending(terms), 0, false, 0, 1, 1);
        QueueLoad shortRuns = new QueueLoad(ConcurrencyBudget.spare(16), 0, true, 0, 0.1, 0.4);
        assertThat(decide(13, 0, lender, load(0, 16, 1, 0, true))).containsExactly(0, 5);
        assertThat(decide(13, 0, lender, shortRuns)).containsExactly(0, 11);
    }

    @Test
    void whateverIsGuaranteedToOthersOneBorrowerRuns() {
        Lending hold = Lending.DEFAULT.hold(4);
        QueueLoad lender = new QueueLoad(ConcurrencyBudget.guaranteed(4, 4).lending(hold), 0, false, 0, 1, 1);
        assertThat(decide(4, 0, lender, load(0, 4, 1, 0, true))).containsExactly(0, 1);
        assertThat(decide(4, 0, lender, load(0, 4, 1, 1, true))).containsExactly(0, 0);
    }

    @Test
    void aShareOfTheHeadroomIsAllThatAQueueHasOfIt() {
        QueueLoad half = new QueueLoad(
                ConcurrencyBudget.guaranteed(4, 4).lending(Lending.DEFAULT.headroom(2)), 0, true, 0, 1, 1);
        assertThat(decide(6, 4, half, load(0, 6, 1, 6, true))).containsExactly(2, 0);
        assertThat(decide(6, 4, half, load(0, 6, 1, 5, true))).containsExactly(3, 0);
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
        QueueLoad busy = new QueueLoad(ConcurrencyBudget.spare(10), 4, true, 500, 1, 1);
        QueueLoad idle = new QueueLoad(ConcurrencyBudget.spare(10), 0, true, 0, 1, 1);
        assertThat(decide(10, 0, busy, idle).get(0)).isGreaterThanOrEqualTo(2);
    }

    private static List<QueueLoad> randomLoads(Random random, int capacity, int headroom) {
        List<QueueLoad> loads = new ArrayList<>();
        int room = capacity + headroom;
        for (int queue = 0; queue < 1 + random.nextInt(6); queue++) {
            int limit = 1 + random.nextInt(15);
            int guarantee = random.nextInt(limit + 1);
            int running = Math.min(random.nextInt(limit + 1), room);
            room -= running;
            Lending lending = new Lending(
                            random.nextBoolean() ? guarantee : random.nextInt(guarantee + 1),
                            random.nextInt(3),
                            random.nextInt(4),
                            Duration.ofMillis(random.nextInt(5_000)))
                    .within(guarantee);
            double longestRun = random.nextDouble() * 10;
            loads.add(new QueueLoad(
                    new ConcurrencyBudget(guarantee, limit, 1 + random.nextInt(9)).lending(lending),
                    running,
                    random.nextBoolean(),
                    random.nextInt(50),
                    longestRun / 3,
                    longestRun));
        }
        return loads;
    }

    private static int running(List<QueueLoad> loads) {
        return loads.stream().mapToInt(QueueLoad::running).sum();
    }

    @RepeatedTest(2_000)
    void whateverTheBudgetsTheRulesHold(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        int capacity = 1 + random.nextInt(20);
        int headroom = random.nextInt(6);
        List<QueueLoad> before = randomLoads(random, capacity, headroom);

        List<QueueLoad> after = new DispatchPolicy(capacity, headroom).decide(before);

        int total = running(after);
        assertThat(total).isLessThanOrEqualTo(capacity + headroom);
        Loans loans = new Loans(after, capacity, headroom);
        for (int index = 0; index < after.size(); index++) {
            QueueLoad load = after.get(index);
            int had = before.get(index).running();
            assertThat(load.running()).isBetween(had, load.budget().limit());
            assertThat(load.hungry() || load.running() == had).isTrue();
            if (load.running() > had && load.running() > load.budget().guarantee()) {
                assertThat(total).as("nobody borrows headroom").isLessThanOrEqualTo(capacity);
            }
            if (load.belowGuarantee() && total < capacity + headroom) {
                int counted = after.stream()
                        .mapToInt(other -> other.onHeadroom(other.own() + (other == load ? 1 : 0)))
                        .sum();
                assertThat(total).as("owed while there is room on headroom").isGreaterThanOrEqualTo(capacity + counted);
            }
            if (load.belowLimit() && total < capacity) {
                assertThat(loans.allow(load)).as("idle slot and allowed work").isFalse();
                boolean spare = after.stream()
                        .allMatch(other -> other.own() == other.budget().guarantee());
                assertThat(spare).as("idle slot that nobody is guaranteed").isFalse();
            }
        }
    }

    /** Slots of what they do not lend for long that queues would not get if all had work once the short loans have ended. */
    private static int late(List<QueueLoad> loads, int capacity, int headroom) {
        double horizon = loads.stream()
                .filter(load -> load.promised() > load.running())
                .mapToDouble(QueueLoad::horizon)
                .min()
                .orElse(Double.POSITIVE_INFINITY);
        List<QueueLoad> wanting = new ArrayList<>();
        for (QueueLoad load : loads) {
            int promised = load.promised();
            int running = load.longestRun() > horizon ? load.running() : load.own();
            ConcurrencyBudget budget = new ConcurrencyBudget(promised, Math.max(1, promised), 1)
                    .lending(Lending.DEFAULT.headroom(load.budget().lending().headroom()));
            wanting.add(new QueueLoad(budget, running, true, 0, 1, 1));
        }
        return new DispatchPolicy(capacity, headroom)
                .decide(wanting).stream()
                        .mapToInt(load -> Math.max(0, load.budget().guarantee() - load.running()))
                        .sum();
    }

    private static int borrowed(List<QueueLoad> loads) {
        return loads.stream().mapToInt(QueueLoad::borrowed).sum();
    }

    @RepeatedTest(2_000)
    void noLoanButTheFirstMakesALenderWaitLongerThanItsHorizon(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        int capacity = 1 + random.nextInt(20);
        int headroom = random.nextInt(6);
        List<QueueLoad> before = randomLoads(random, capacity, headroom);
        DispatchPolicy policy = new DispatchPolicy(capacity, headroom);
        List<QueueLoad> owedServed = policy.decide(before.stream()
                .map(load -> load.belowGuarantee() ? load : load.sated())
                .toList());

        List<QueueLoad> after = policy.decide(before);

        int first = borrowed(before) == 0 ? 1 : 0;
        assertThat(late(after, capacity, headroom)).isLessThanOrEqualTo(late(owedServed, capacity, headroom) + first);
        int held = after.stream().mapToInt(QueueLoad::onHold).sum();
        if (borrowed(after) > Math.max(first, borrowed(before))) {
            assertThat(running(after) + held).isLessThanOrEqualTo(capacity);
        }
    }

    @RepeatedTest(2_000)
    void whatOneQueueDoesAboveItsGuaranteeLowersNobodysEntitlement(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        int capacity = 1 + random.nextInt(20);
        int headroom = random.nextInt(12);
        List<QueueLoad> modest = randomLoads(random, capacity, headroom);
        int greedy = random.nextInt(modest.size());
        List<QueueLoad> overused = new ArrayList<>(modest);
        QueueLoad load = modest.get(greedy);
        int free = Math.max(0, capacity - running(modest));
        int taken = load.running() < load.budget().guarantee() ? 0 : random.nextInt(free + 1);
        overused.set(
                greedy,
                new QueueLoad(
                        new ConcurrencyBudget(load.budget().guarantee(), 1_000, 1_000)
                                .lending(load.budget().lending()),
                        load.running() + taken,
                        true,
                        -1_000,
                        0.001,
                        100));

        List<QueueLoad> others = new DispatchPolicy(capacity, headroom).decide(overused);

        for (int index = 0; index < modest.size(); index++) {
            QueueLoad other = others.get(index);
            if (other.running() > overused.get(index).running() && other.borrowed() > 0) {
                assertThat(others).as("lent while somebody is owed").noneMatch(QueueLoad::belowGuarantee);
            }
        }
        int immediate = overused.stream()
                .filter(QueueLoad::hungry)
                .mapToInt(queue -> Math.max(0, queue.budget().guarantee() - queue.running()))
                .sum();
        boolean all = modest.stream()
                .allMatch(queue ->
                        queue.budget().lending().headroom() >= queue.budget().guarantee());
        if (all && immediate <= headroom && running(overused) <= capacity) {
            assertThat(others).as("owed what headroom covers").noneMatch(QueueLoad::belowGuarantee);
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
                loads.set(index, new QueueLoad(load.budget(), 0, true, load.virtualTime(), 1, 1));
            }
        }
        assertThat(light).isBetween(4, 6);
    }
}
