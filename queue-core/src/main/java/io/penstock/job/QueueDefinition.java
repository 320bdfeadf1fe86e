package io.penstock.job;

import io.penstock.error.RefusedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A queue as a service declares it.
 *
 * @param name a lower-case letter followed by at most 62 lower-case letters, digits or {@code _ . -}
 * @param perKey the most jobs of one concurrency key that run at once, over all workers; 0 for no such limit. Jobs above it are parked
 *     and let others pass, and keys with parked jobs take turns. It costs a round trip per claim
 * @param rate how often its jobs may start, over all workers, and null for as often as they can. It costs a round trip per claim
 * @param keyRate the same for the jobs of each concurrency key; those above it are parked as above {@code perKey}. What is parked is looked
 *     at once a second
 * @param ageing after how long a job that waits is no longer {@link Priority#LOW}; after twice that it is no longer normal, after three times
 *     no longer less than urgent. Null for never: then a level waits for as long as there is work of a higher one. Looked at once a second
 * @param heavy whether it gives way: while an alert is open that wakes somebody for a queue that is not heavy, its weight counts a tenth
 */
public record QueueDefinition(
        String name,
        ConcurrencyBudget budget,
        Retention retention,
        int perKey,
        @Nullable RateLimit rate,
        @Nullable RateLimit keyRate,
        @Nullable Duration ageing,
        boolean heavy) {

    /** How short and how long ageing may be. */
    public static final Duration SHORTEST_AGEING = Duration.ofSeconds(1);

    public static final Duration LONGEST_AGEING = Duration.ofDays(7);

    public QueueDefinition {
        checkName(name);
        Checks.present("queue " + Checks.quoted(name) + " concurrency budget", budget);
        Checks.present("queue " + Checks.quoted(name) + " retention", retention);
        Checks.within("queue " + Checks.quoted(name) + " limit per key", perKey, 0, Limits.SLOTS);
        if (ageing != null) {
            Checks.within("queue " + Checks.quoted(name) + " ageing", ageing, SHORTEST_AGEING, LONGEST_AGEING);
        }
    }

    /** A queue without a limit per key, and without rates. */
    public QueueDefinition(String name, ConcurrencyBudget budget, Retention retention) {
        this(name, budget, retention, 0, null, null, null, false);
    }

    /** A queue that keeps ended jobs by {@link Retention#DEFAULT}. */
    public QueueDefinition(String name, ConcurrencyBudget budget) {
        this(name, budget, Retention.DEFAULT);
    }

    /** The same queue with another retention. */
    public QueueDefinition keeping(Retention kept) {
        return new QueueDefinition(name, budget, kept, perKey, rate, keyRate, ageing, heavy);
    }

    /** The same queue with a limit that is strict, or is not. */
    public QueueDefinition strict(boolean strict) {
        return new QueueDefinition(name, budget.strict(strict), retention, perKey, rate, keyRate, ageing, heavy);
    }

    /** The same queue with a limit per concurrency key, or without one: 0. */
    public QueueDefinition perKey(int most) {
        return new QueueDefinition(name, budget, retention, most, rate, keyRate, ageing, heavy);
    }

    /** The same queue with a rate, or without one: null. */
    public QueueDefinition rate(@Nullable RateLimit limit) {
        return new QueueDefinition(name, budget, retention, perKey, limit, keyRate, ageing, heavy);
    }

    /** The same queue with a rate of each concurrency key, or without one: null. */
    public QueueDefinition keyRate(@Nullable RateLimit limit) {
        return new QueueDefinition(name, budget, retention, perKey, rate, limit, ageing, heavy);
    }

    /** The same queue with other terms for its idle slots. */
    public QueueDefinition lending(Lending terms) {
        return new QueueDefinition(name, budget.lending(terms), retention, perKey, rate, keyRate, ageing, heavy);
    }

    /** The same queue with ageing, or without: null. */
    public QueueDefinition ageing(@Nullable Duration time) {
        return new QueueDefinition(name, budget, retention, perKey, rate, keyRate, time, heavy);
    }

    /** The same queue, which gives way or does not. */
    public QueueDefinition heavy(boolean givesWay) {
        return new QueueDefinition(name, budget, retention, perKey, rate, keyRate, ageing, givesWay);
    }

    /** The same queue with another budget. */
    public QueueDefinition budget(ConcurrencyBudget other) {
        return new QueueDefinition(name, other, retention, perKey, rate, keyRate, ageing, heavy);
    }

    /** Its limit per key, its rates, its ageing and whether it is heavy, in words; empty if it has none of that. */
    public String throttles() {
        List<String> words = new ArrayList<>();
        if (perKey > 0) {
            words.add(perKey + " per key");
        }
        if (rate != null) {
            words.add("rate " + rate);
        }
        if (keyRate != null) {
            words.add("key rate " + keyRate);
        }
        if (ageing != null) {
            words.add("ageing " + ageing.toMillis() + " ms");
        }
        if (heavy) {
            words.add("heavy");
        }
        return String.join(", ", words);
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
