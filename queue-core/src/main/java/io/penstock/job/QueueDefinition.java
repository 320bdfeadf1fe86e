package io.penstock.job;

import io.penstock.error.RefusedException;

/**
 * A queue as a service declares it.
 *
 * @param name a lower-case letter followed by at most 62 lower-case letters, digits or {@code _ . -}
 */
public record QueueDefinition(String name, ConcurrencyBudget budget, Retention retention) {

    public QueueDefinition {
        checkName(name);
        Checks.present("queue " + Checks.quoted(name) + " concurrency budget", budget);
        Checks.present("queue " + Checks.quoted(name) + " retention", retention);
    }

    /** A queue that keeps ended jobs by {@link Retention#DEFAULT}. */
    public QueueDefinition(String name, ConcurrencyBudget budget) {
        this(name, budget, Retention.DEFAULT);
    }

    /** The same queue with another retention. */
    public QueueDefinition keeping(Retention kept) {
        return new QueueDefinition(name, budget, kept);
    }

    /** The same queue with a limit that is strict, or is not. */
    public QueueDefinition strict(boolean strict) {
        return new QueueDefinition(name, budget.strict(strict), retention);
    }

    /** As the constructor, with the queue's name in front of a refusal of its budget. */
    public static QueueDefinition of(String name, int guarantee, int limit, int weight) {
        checkName(name);
        try {
            return new QueueDefinition(name, new ConcurrencyBudget(guarantee, limit, weight));
        } catch (RefusedException refused) {
            throw new RefusedException("queue " + Checks.quoted(name) + ": " + refused.getMessage(), refused);
        }
    }

    public static String checkName(String name) {
        return Checks.matching(
                "queue name",
                name,
                "[a-z][a-z0-9_.-]{0,62}",
                "a lower-case letter followed by at most 62 lower-case letters, digits or _ . -");
    }
}
