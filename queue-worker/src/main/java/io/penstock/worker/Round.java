package io.penstock.worker;

import io.penstock.complete.Written;
import io.penstock.store.ClaimedJob;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** What one transaction of a lane did: ends written, and jobs claimed by queue. */
record Round(Written written, Map<Integer, List<ClaimedJob>> claimed) {

    /** The queues that gave jobs. */
    Set<Integer> gave() {
        return claimed.entrySet().stream()
                .filter(queue -> !queue.getValue().isEmpty())
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }
}
