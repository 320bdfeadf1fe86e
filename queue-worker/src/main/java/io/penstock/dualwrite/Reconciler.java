package io.penstock.dualwrite;

import io.penstock.database.BoundedTransactions;
import io.penstock.database.Work;
import io.penstock.dualwrite.Charge.Now;
import io.penstock.dualwrite.Sight.Found;
import io.penstock.handler.JobContext;
import io.penstock.handler.JobHandler;
import io.penstock.job.Outcome;
import io.penstock.transaction.TransactionLimits;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares the sides, a range of keys after another: a hash of each side's values, and where those differ key by key. A key is different if both sides have the same
 * writes of it and other values, or the side that follows has had no write of it for long; what is on its way is not. The place reached is kept
 * with each range, so that another attempt goes on there.
 */
final class Reconciler<T extends Record> implements JobHandler<Reconcile> {

    private static final Logger log = LoggerFactory.getLogger(Reconciler.class);
    private static final int RANGE = 500;

    /** How far an attempt came. */
    record Place(String after, long keys, long different, long behind, long repaired) {

        static final Place START = new Place("", 0, 0, 0, 0);
    }

    private final Sides<T> sides;
    private final int index;
    private final Charge<T> charge;
    private final BiConsumer<Now, String> repair;
    private final DualWriteMetrics metrics;

    Reconciler(Sides<T> sides, int index, Charge<T> charge, BiConsumer<Now, String> repair, DualWriteMetrics metrics) {
        this.sides = sides;
        this.index = index;
        this.charge = charge;
        this.repair = repair;
        this.metrics = metrics;
    }

    @Override
    public Outcome handle(JobContext<Reconcile> context) {
        Now now = charge.under(known -> known);
        if (now.index() != index) {
            return Outcome.cancelled("the other side is in charge, from which it is compared");
        }
        Place place = sides.transact(index, connection -> context.checkpoint(connection, Place.class))
                .orElse(Place.START);
        while (true) {
            if (context.shouldYield()) {
                return Outcome.yielded();
            }
            TreeSet<String> keys = keysAfter(place.after());
            if (keys.isEmpty()) {
                return Outcome.completed(new Reconciled(
                        place.keys(), place.different(), place.behind(), place.repaired(), place.different() == 0));
            }
            place = compare(now, place, keys, context.payload().repair());
            Place reached = place;
            sides.transact(index, connection -> {
                context.checkpoint(connection, reached);
                return reached;
            });
            context.progress(place.keys(), place.keys() + RANGE, place.different() + " different so far");
        }
    }

    /** The keys of both sides up to where both have been asked for all. */
    private TreeSet<String> keysAfter(String after) {
        TreeSet<String> keys = new TreeSet<>(DualOrder.BYTES);
        String upTo = null;
        for (int side = 0; side < sides.clusters().size(); side++) {
            Cluster<T> cluster = sides.clusters().get(side);
            List<String> page = bounded(side, connection -> cluster.side().keys(connection, after, RANGE));
            keys.addAll(page);
            if (page.size() == RANGE) {
                String last = page.get(RANGE - 1);
                upTo = upTo == null || DualOrder.BYTES.compare(last, upTo) < 0 ? last : upTo;
            }
        }
        return upTo == null ? keys : new TreeSet<>(keys.headSet(upTo, true));
    }

    private <R> R bounded(int side, Work<R> work) {
        return new BoundedTransactions(sides.clusters().get(side).queue().dataSource(), true)
                .run(
                        "comparison of dual write \"" + sides.name() + "\" on "
                                + sides.clusters().get(side).name(),
                        TransactionLimits.DEFAULT,
                        1,
                        transaction -> work.apply(transaction.connection()));
    }

    private Place compare(Now now, Place place, TreeSet<String> keys, boolean repairs) {
        Sight<T> here = see(index, keys);
        Sight<T> there = see(1 - index, keys);
        long different = 0;
        long behind = 0;
        long repaired = 0;
        if (!Arrays.equals(hash(keys, here), hash(keys, there))) {
            List<String> suspects = keys.stream()
                    .filter(key -> here.compare(key, there) != Found.EQUAL)
                    .toList();
            Sight<T> hereAgain = see(index, suspects);
            Sight<T> thereAgain = see(1 - index, suspects);
            for (String key : suspects) {
                Found found = hereAgain.compare(key, thereAgain);
                metrics.compared(found);
                if (found == Found.DIFFERENT) {
                    different++;
                    log.warn(
                            "dual write \"{}\": key \"{}\" is different on {} and {}{}",
                            sides.name(),
                            key,
                            sides.clusters().get(index).name(),
                            sides.clusters().get(1 - index).name(),
                            repairs
                                    ? "; it is written again from the first"
                                    : "; reconcile with repair writes it again from the first");
                    if (repairs) {
                        repair.accept(now, key);
                        metrics.repaired();
                        repaired++;
                    }
                } else if (found == Found.IN_FLIGHT) {
                    behind++;
                }
            }
        }
        return new Place(
                keys.last(),
                place.keys() + keys.size(),
                place.different() + different,
                place.behind() + behind,
                place.repaired() + repaired);
    }

    private Sight<T> see(int side, Collection<String> keys) {
        return bounded(
                side,
                connection -> Sight.of(
                        connection, sides.name(), sides.clusters().get(side).side(), keys));
    }

    private byte[] hash(Collection<String> keys, Sight<T> sight) {
        MessageDigest digest = sha256();
        for (String key : keys) {
            @Nullable T value = sight.values().get(key);
            String text = value == null
                    ? ""
                    : sides.clusters().get(index).queue().serializer().write(value);
            digest.update((key.length() + ":" + key + text.length() + ":" + text).getBytes(StandardCharsets.UTF_8));
        }
        return digest.digest();
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java has SHA-256", impossible);
        }
    }
}
