package io.penstock.maintain;

import io.penstock.job.ConcurrencyBudget;
import io.penstock.job.Lending;
import io.penstock.store.FleetStore.Member;
import io.penstock.store.FleetStore.Share;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Divides the budgets of a fleet among its workers. Pure: the same fleet gives the same shares, whoever divides.
 *
 * <p>Slot by slot, each to the worker with the highest capacity over twice its slots of the queue and one (A. Sainte-Laguë, 1910),
 * so every queue is spread in proportion to the workers' capacities, and who joins or leaves moves no more slots than it has to. Where workers are level,
 * a hash of worker and queue decides (D. Thaler and C. Ravishankar, 1998): so single slots of many queues are spread, and stay where they are.
 *
 * <p>Guarantees of all queues together never exceed a worker's slots with its headroom. If those of the fleet do not suffice, each queue gets its
 * proportion, and one slot at least as long as there are any.
 */
final class Apportionment {

    /** How many times the weight of the others counts while heavy queues give way. */
    static final int OF_OTHERS = 10;

    private final List<Member> members;
    private final Set<Integer> givingWay;
    private final Map<Long, Integer> room = new HashMap<>();
    private final Map<Integer, Map<Long, Integer>> guarantees = new TreeMap<>();

    private Apportionment(List<Member> members, Set<Integer> givingWay) {
        this.members = members;
        this.givingWay = givingWay;
        members.forEach(member -> room.put(member.workerId(), slots(member)));
    }

    /**
     * The shares by worker, by queue, of every queue that a worker works on.
     *
     * @param budgets by queue
     * @param givingWay heavy queues, whose weights count a tenth beside those of the others; none if they do not give way
     */
    static Map<Long, Map<Integer, Share>> divide(
            Map<Integer, ConcurrencyBudget> budgets, List<Member> members, Set<Integer> givingWay) {
        Apportionment apportionment = new Apportionment(members, givingWay);
        Map<Integer, ConcurrencyBudget> inOrder = new TreeMap<>(budgets);
        apportionment.guarantee(inOrder);
        Map<Long, Map<Integer, Share>> shares = new TreeMap<>();
        members.forEach(member -> shares.put(member.workerId(), new TreeMap<>()));
        inOrder.forEach((queue, budget) -> apportionment.limit(queue, budget, shares));
        return shares;
    }

    /** Round by round the queue that has the least part of its guarantee gets a slot; one that finds none drops out. */
    private void guarantee(Map<Integer, ConcurrencyBudget> budgets) {
        Map<Integer, Integer> given = new TreeMap<>();
        budgets.forEach((queue, budget) -> {
            guarantees.put(queue, new HashMap<>());
            if (budget.guarantee() > 0) {
                given.put(queue, 0);
            }
        });
        while (!given.isEmpty()) {
            int queue = leastServed(given, budgets);
            Member member = next(queue, guarantees(queue), room);
            if (member == null) {
                given.remove(queue);
                continue;
            }
            guarantees(queue).merge(member.workerId(), 1, Integer::sum);
            room.merge(member.workerId(), -1, Integer::sum);
            if (given.merge(queue, 1, Integer::sum) == budget(budgets, queue).guarantee()) {
                given.remove(queue);
            }
        }
    }

    private static int leastServed(Map<Integer, Integer> given, Map<Integer, ConcurrencyBudget> budgets) {
        int least = -1;
        double leastPart = Double.MAX_VALUE;
        for (Map.Entry<Integer, Integer> queue : given.entrySet()) {
            double part =
                    (double) queue.getValue() / budget(budgets, queue.getKey()).guarantee();
            if (part < leastPart) {
                least = queue.getKey();
                leastPart = part;
            }
        }
        return least;
    }

    /**
     * A worker's part of the lending terms.
     *
     * @param before what the workers before it are guaranteed
     * @param guaranteed what it is
     */
    private static Lending lending(ConcurrencyBudget budget, int before, int guaranteed) {
        Lending whole = budget.lending();
        return new Lending(
                        part(whole.headroom(), budget, before, guaranteed),
                        part(whole.hold(), budget, before, guaranteed),
                        part(whole.longLoans(), budget, before, guaranteed),
                        whole.horizon())
                .within(guaranteed);
    }

    /** In proportion to what is guaranteed; the parts of all workers together are the whole if the guarantee is. */
    private static int part(int slots, ConcurrencyBudget budget, int before, int guaranteed) {
        long counting = Math.min(slots, budget.guarantee());
        long guarantee = Math.max(1, budget.guarantee());
        return (int) (counting * (before + guaranteed) / guarantee - counting * before / guarantee);
    }

    /** The limit, beginning with what is guaranteed; no worker gets more than it has slots. */
    private void limit(int queue, ConcurrencyBudget budget, Map<Long, Map<Integer, Share>> shares) {
        Map<Long, Integer> limits = new HashMap<>(guarantees(queue));
        Map<Long, Integer> left = new HashMap<>();
        members.forEach(
                member -> left.put(member.workerId(), slots(member) - limits.getOrDefault(member.workerId(), 0)));
        int given = limits.values().stream().mapToInt(Integer::intValue).sum();
        for (Member member = next(queue, limits, left);
                member != null && given < budget.limit();
                member = next(queue, limits, left)) {
            limits.merge(member.workerId(), 1, Integer::sum);
            left.merge(member.workerId(), -1, Integer::sum);
            given++;
        }
        int before = 0;
        for (Member member : members) {
            Map<Integer, Share> ofMember = shares.get(member.workerId());
            if (ofMember != null && member.queues().contains(queue)) {
                int guaranteed = guarantees(queue).getOrDefault(member.workerId(), 0);
                ofMember.put(
                        queue,
                        new Share(
                                guaranteed,
                                limits.getOrDefault(member.workerId(), 0),
                                weight(queue, budget),
                                budget.strict(),
                                lending(budget, before, guaranteed)));
                before += guaranteed;
            }
        }
    }

    private int weight(int queue, ConcurrencyBudget budget) {
        return givingWay.isEmpty() || givingWay.contains(queue) ? budget.weight() : OF_OTHERS * budget.weight();
    }

    /** Who gets the queue's next slot; null if nobody has one left. */
    private @Nullable Member next(int queue, Map<Long, Integer> given, Map<Long, Integer> left) {
        Member chosen = null;
        double highest = 0;
        long hash = 0;
        for (Member member : members) {
            if (member.queues().contains(queue) && left.getOrDefault(member.workerId(), 0) > 0) {
                double quotient = member.capacity() / (2.0 * given.getOrDefault(member.workerId(), 0) + 1);
                long ofMember = hash(queue, member);
                if (quotient > highest || (quotient == highest && ofMember > hash)) {
                    chosen = member;
                    highest = quotient;
                    hash = ofMember;
                }
            }
        }
        return chosen;
    }

    private Map<Long, Integer> guarantees(int queue) {
        Map<Long, Integer> ofQueue = guarantees.get(queue);
        if (ofQueue == null) {
            throw new IllegalStateException("queue " + queue + " is not one of those that are divided");
        }
        return ofQueue;
    }

    private static ConcurrencyBudget budget(Map<Integer, ConcurrencyBudget> budgets, int queue) {
        ConcurrencyBudget budget = budgets.get(queue);
        if (budget == null) {
            throw new IllegalStateException("queue " + queue + " has no budget");
        }
        return budget;
    }

    private static int slots(Member member) {
        return member.capacity() + member.headroom();
    }

    /** The finaliser of SplittableRandom (G. Steele and others, 2014). */
    private static long hash(int queue, Member member) {
        long mixed = member.workerId() * 0x9E3779B97F4A7C15L + queue;
        mixed = (mixed ^ (mixed >>> 30)) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
        return mixed ^ (mixed >>> 31);
    }

    /** The slots that guarantees of queues with a worker ask for and do not get. */
    static int missing(
            Map<Integer, ConcurrencyBudget> budgets, List<Member> members, Map<Long, Map<Integer, Share>> shares) {
        int missing = 0;
        for (Map.Entry<Integer, ConcurrencyBudget> budget : budgets.entrySet()) {
            if (members.stream().anyMatch(member -> member.queues().contains(budget.getKey()))) {
                missing += budget.getValue().guarantee();
            }
        }
        for (Map<Integer, Share> ofWorker : shares.values()) {
            missing -= ofWorker.values().stream().mapToInt(Share::guarantee).sum();
        }
        return missing;
    }
}
