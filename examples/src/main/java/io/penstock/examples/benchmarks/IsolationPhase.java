package io.penstock.examples.benchmarks;

import io.penstock.job.ConcurrencyBudget;
import io.penstock.job.QueueDefinition;
import java.util.List;
import java.util.Locale;

/** The ways to share {@link #CAPACITY} slots of three workers between critical jobs of 50 ms and heavy ones of 0.1 s and 5 s. */
enum IsolationPhase {
    /** Critical jobs with all slots to themselves: what they are compared with. */
    ALONE(budgets()),

    /** Guaranteed slots are lent while they are idle, and had back on headroom. */
    PENSTOCK(budgets()),

    /** A half of the slots for critical jobs, a quarter for either kind of heavy ones, nothing lent. */
    POOLS(List.of(
            queue("critical", IsolationPhase.GUARANTEE, IsolationPhase.GUARANTEE),
            queue("quick", 6, 6),
            queue("long", 6, 6))),

    /** One queue for all, first in, first out. */
    SHARED(List.of(queue("shared", 0, IsolationPhase.CAPACITY))),

    /** As with Penstock, and one of the workers is killed. */
    KILLED(budgets()),

    /** As with Penstock, and the heavy jobs of 0.1 s compute for so long instead of waiting. */
    CPU(budgets());

    static final int WORKERS = 3;
    static final int CAPACITY = 24;
    static final int GUARANTEE = 12;

    final List<QueueDefinition> queues;

    @SuppressWarnings("ImmutableEnumChecker") // made by List.of
    IsolationPhase(List<QueueDefinition> queues) {
        this.queues = queues;
    }

    String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    boolean heavy() {
        return this != ALONE;
    }

    /** Pools have no use for headroom, and one shared queue has no guarantee. */
    int headroomOfWorker() {
        return this == POOLS || this == SHARED ? 0 : GUARANTEE;
    }

    String queueOf(String type) {
        return this == SHARED ? "shared" : type;
    }

    private static List<QueueDefinition> budgets() {
        return List.of(queue("critical", GUARANTEE, CAPACITY), queue("quick", 0, CAPACITY), queue("long", 0, CAPACITY));
    }

    private static QueueDefinition queue(String name, int guarantee, int limit) {
        return new QueueDefinition(name, new ConcurrencyBudget(guarantee, limit, 1));
    }
}
