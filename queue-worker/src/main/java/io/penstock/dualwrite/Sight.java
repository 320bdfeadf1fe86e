package io.penstock.dualwrite;

import io.penstock.store.DualWriteStore;
import io.penstock.store.DualWriteStore.KeyState;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * What a side has of some keys, with how far each had come before its value was read. Those that went on meanwhile are known too: of them, the value is of no
 * certain write.
 */
record Sight<V>(Map<String, KeyState> states, Map<String, V> values, Set<String> moving) {

    /** A write that is not mirrored after so long is no longer on its way. */
    private static final double LOST_SECONDS = 60;

    /** What comparing a key can find. */
    enum Found {
        EQUAL,
        /** The same writes, or one that is missing for long, and other values. */
        DIFFERENT,
        IN_FLIGHT
    }

    static <V extends Record> Sight<V> of(Connection connection, String name, Side<V> side, Collection<String> keys)
            throws SQLException {
        Map<String, KeyState> before = DualWriteStore.sequences(connection, name, keys);
        Map<String, V> values = side.read(connection, keys);
        Map<String, KeyState> after = DualWriteStore.sequences(connection, name, keys);
        Set<String> moving = new HashSet<>(keys);
        moving.removeIf(key -> sequence(before, key) == sequence(after, key));
        return new Sight<>(before, values, moving);
    }

    private static long sequence(Map<String, KeyState> states, String key) {
        return states.getOrDefault(key, KeyState.NEVER).sequence();
    }

    long sequence(String key) {
        return sequence(states, key);
    }

    /** Compares a key on the side in charge, which this is of, with the other. */
    Found compare(String key, Sight<V> follower) {
        boolean same = sequence(key) == follower.sequence(key);
        boolean underWay = !same && states.getOrDefault(key, KeyState.NEVER).secondsAgo() < LOST_SECONDS;
        if (underWay || moving.contains(key) || follower.moving.contains(key)) {
            return Found.IN_FLIGHT;
        }
        return Objects.equals(values.get(key), follower.values.get(key)) ? Found.EQUAL : Found.DIFFERENT;
    }
}
