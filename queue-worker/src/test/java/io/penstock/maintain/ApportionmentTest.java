package io.penstock.maintain;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.job.ConcurrencyBudget;
import io.penstock.job.Lending;
import io.penstock.store.FleetStore.Member;
import io.penstock.store.FleetStore.Share;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

/** How budgets are divided among workers. */
class ApportionmentTest {

    private static Member member(long id, int capacity, int headroom, Integer... queues) {
        return new Member(id, capacity, headroom, Set.of(queues));
    }

    private static List<Integer> guarantees(Map<Long, Map<Integer, Share>> shares, int queue) {
        return shares.values().stream()
                .map(byQueue -> byQueue.get(queue))
                .filter(Objects::nonNull)
                .map(Share::guarantee)
                .toList();
    }

    private static int limits(Map<Long, Map<Integer, Share>> shares, int queue) {
        return shares.values().stream()
                .map(byQueue -> byQueue.get(queue))
                .filter(Objects::nonNull)
                .mapToInt(Share::limit)
                .sum();
    }

    @Test
    void oneWorkerHasAllOfIt() {
        Map<Long, Map<Integer, Share>> shares = Apportionment.divide(
                Map.of(1, new ConcurrencyBudget(12, 16, 3)), List.of(member(7, 13, 3, 1)), Set.of());
        assertThat(shares).isEqualTo(Map.of(7L, Map.of(1, new Share(12, 16, 3, false, Lending.DEFAULT.headroom(12)))));
    }

    @Test
    void workersOfUnequalSizeHaveTheirProportion() {
        Map<Long, Map<Integer, Share>> shares = Apportionment.divide(
                Map.of(1, new ConcurrencyBudget(12, 24, 1)),
                List.of(member(1, 10, 0, 1), member(2, 20, 0, 1)),
                Set.of());
        assertThat(guarantees(shares, 1)).containsExactly(4, 8);
        assertThat(limits(shares, 1)).isEqualTo(24);
    }

    @Test
    void onlyWhoWorksOnAQueueHasAShareOfIt() {
        Map<Long, Map<Integer, Share>> shares = Apportionment.divide(
                Map.of(1, new ConcurrencyBudget(4, 8, 1), 2, new ConcurrencyBudget(2, 8, 1)),
                List.of(member(1, 8, 0, 1), member(2, 8, 0, 2)),
                Set.of());
        assertThat(shares.get(1L)).containsOnlyKeys(1);
        assertThat(guarantees(shares, 1)).containsExactly(4);
        assertThat(guarantees(shares, 2)).containsExactly(2);
    }

    @Test
    void aLimitOfOneIsOneWorkers() {
        List<Member> members =
                LongStream.rangeClosed(1, 5).mapToObj(id -> member(id, 8, 0, 1)).toList();
        Map<Long, Map<Integer, Share>> shares =
                Apportionment.divide(Map.of(1, ConcurrencyBudget.spare(1)), members, Set.of());
        assertThat(limits(shares, 1)).isEqualTo(1);
    }

    @Test
    void singleSlotsOfManyQueuesAreSpreadOverTheWorkers() {
        Map<Integer, ConcurrencyBudget> budgets = new TreeMap<>();
        Set<Integer> queues = new HashSet<>();
        for (int queue = 1; queue <= 300; queue++) {
            budgets.put(queue, ConcurrencyBudget.guaranteed(1, 1));
            queues.add(queue);
        }
        List<Member> members = LongStream.rangeClosed(1, 3)
                .mapToObj(id -> new Member(id, 200, 0, queues))
                .toList();
        Map<Long, Map<Integer, Share>> shares = Apportionment.divide(budgets, members, Set.of());
        for (Map<Integer, Share> ofWorker : shares.values()) {
            assertThat(ofWorker.values().stream().mapToInt(Share::guarantee).sum())
                    .isBetween(70, 130);
        }
    }

    @Test
    void guaranteesThatDoNotFitShrinkInProportionAndNoneToNothing() {
        Map<Integer, ConcurrencyBudget> budgets = Map.of(
                1,
                ConcurrencyBudget.guaranteed(30, 30),
                2,
                ConcurrencyBudget.guaranteed(10, 10),
                3,
                ConcurrencyBudget.guaranteed(1, 5));
        List<Member> members = List.of(member(1, 10, 0, 1, 2, 3), member(2, 8, 2, 1, 2, 3));
        Map<Long, Map<Integer, Share>> shares = Apportionment.divide(budgets, members, Set.of());
        assertThat(guarantees(shares, 1).stream().mapToInt(Integer::intValue).sum())
                .isBetween(13, 15);
        assertThat(guarantees(shares, 2).stream().mapToInt(Integer::intValue).sum())
                .isBetween(4, 6);
        assertThat(guarantees(shares, 3).stream().mapToInt(Integer::intValue).sum())
                .isEqualTo(1);
        assertThat(Apportionment.missing(budgets, members, shares)).isEqualTo(21);
    }

    /** What must hold of every division, and who joins takes slots from others but moves none between them. */
    @RepeatedTest(1_000)
    void whateverTheFleetTheRulesHold(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        Map<Integer, ConcurrencyBudget> budgets = new TreeMap<>();
        for (int queue = 1; queue <= 1 + random.nextInt(8); queue++) {
            int limit = 1 + random.nextInt(30);
            budgets.put(
                    queue, new ConcurrencyBudget(random.nextInt(Math.min(limit, 8) + 1), limit, 1 + random.nextInt(9)));
        }
        List<Member> members = new ArrayList<>();
        for (long id = 1; id <= 1 + random.nextInt(6); id++) {
            Set<Integer> queues = new HashSet<>(budgets.keySet());
            queues.removeIf(queue -> random.nextInt(5) == 0);
            members.add(new Member(id, 1 + random.nextInt(20), random.nextInt(6), queues));
        }
        Map<Long, Map<Integer, Share>> shares = Apportionment.divide(budgets, members, Set.of());

        for (Member member : members) {
            Map<Integer, Share> ofMember = Objects.requireNonNull(shares.get(member.workerId()));
            int slots = member.capacity() + member.headroom();
            assertThat(ofMember.keySet()).isEqualTo(member.queues());
            assertThat(ofMember.values().stream().mapToInt(Share::guarantee).sum())
                    .isLessThanOrEqualTo(slots);
            ofMember.values().forEach(share -> assertThat(share.limit()).isBetween(share.guarantee(), slots));
        }
        int missing = 0;
        for (Map.Entry<Integer, ConcurrencyBudget> budget : budgets.entrySet()) {
            int given = guarantees(shares, budget.getKey()).stream()
                    .mapToInt(Integer::intValue)
                    .sum();
            assertThat(given).isLessThanOrEqualTo(budget.getValue().guarantee());
            assertThat(limits(shares, budget.getKey()))
                    .isLessThanOrEqualTo(budget.getValue().limit());
            if (members.stream().anyMatch(member -> member.queues().contains(budget.getKey()))) {
                missing += budget.getValue().guarantee() - given;
            }
        }
        assertThat(Apportionment.missing(budgets, members, shares)).isEqualTo(missing);
        Collections.shuffle(members, random);
        assertThat(Apportionment.divide(budgets, members, Set.of()))
                .as("whoever divides")
                .isEqualTo(shares);
    }

    @Test
    void heavyQueuesGiveWayByTheWeightsOfTheOthers() {
        Map<Integer, ConcurrencyBudget> budgets = Map.of(
                1,
                ConcurrencyBudget.guaranteed(2, 8),
                2,
                ConcurrencyBudget.spare(8).weight(3));
        List<Member> members = List.of(member(1, 8, 2, 1, 2));
        Map<Long, Map<Integer, Share>> usual = Apportionment.divide(budgets, members, Set.of());
        Map<Long, Map<Integer, Share>> giving = Apportionment.divide(budgets, members, Set.of(2));
        assertThat(weights(usual)).isEqualTo(Map.of(1, 1, 2, 3));
        assertThat(weights(giving)).as("while queue 2 gives way").isEqualTo(Map.of(1, 10, 2, 3));
        assertThat(guarantees(giving, 1)).isEqualTo(guarantees(usual, 1));
        assertThat(limits(giving, 2)).isEqualTo(limits(usual, 2));
    }

    private static Map<Integer, Integer> weights(Map<Long, Map<Integer, Share>> ofOneWorker) {
        Map<Integer, Integer> weights = new TreeMap<>();
        ofOneWorker.values().forEach(shares -> shares.forEach((queue, share) -> weights.put(queue, share.weight())));
        return weights;
    }

    @RepeatedTest(200)
    void whoJoinsTakesSlotsFromOthersAndMovesNoneBetweenThem(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        Map<Integer, ConcurrencyBudget> budgets = Map.of(1, new ConcurrencyBudget(random.nextInt(20), 40, 1));
        List<Member> members = new ArrayList<>();
        for (long id = 1; id <= 2 + random.nextInt(6); id++) {
            members.add(member(id, 10 + random.nextInt(20), 20, 1));
        }
        Map<Long, Map<Integer, Share>> before = Apportionment.divide(budgets, members, Set.of());
        List<Member> more = new ArrayList<>(members);
        more.add(member(99, 10 + random.nextInt(20), 20, 1));
        Map<Long, Map<Integer, Share>> after = Apportionment.divide(budgets, more, Set.of());
        for (Member member : members) {
            Share old = Objects.requireNonNull(
                    Objects.requireNonNull(before.get(member.workerId())).get(1));
            Share now = Objects.requireNonNull(
                    Objects.requireNonNull(after.get(member.workerId())).get(1));
            assertThat(now.guarantee()).isLessThanOrEqualTo(old.guarantee());
        }
    }
}
