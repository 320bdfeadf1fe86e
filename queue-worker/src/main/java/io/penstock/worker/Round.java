package io.penstock.worker;

import io.penstock.complete.Completer.Written;
import io.penstock.store.ClaimedJob;
import java.util.List;
import java.util.Map;

/** What one transaction of a lane did: ends written, and jobs claimed by queue. */
record Round(Written written, Map<Integer, List<ClaimedJob>> claimed) {

    boolean claimedAny() {
        return claimed.values().stream().anyMatch(jobs -> !jobs.isEmpty());
    }
}
