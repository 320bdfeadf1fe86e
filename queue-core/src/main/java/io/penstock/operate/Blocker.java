package io.penstock.operate;

import java.time.Duration;
import java.util.List;

/**
 * Who keeps others waiting for a lock, and waits for nobody.
 *
 * @param id what {@link BlockerOperations#end} takes; of a session it names this one, and no later one of the same process number
 * @param holder in words: login, application, what it does and since when
 * @param waiting those that it keeps waiting, in words, with those that wait for them behind them
 * @param longest for how long the first of them has been waiting
 * @param advice the safe next step
 */
public record Blocker(String id, String holder, List<Waiting> waiting, Duration longest, String advice) {

    /**
     * A session that waits.
     *
     * @param depth 1 of one that waits for the blocker itself, one more for each between
     */
    public record Waiting(int depth, String session) {}
}
