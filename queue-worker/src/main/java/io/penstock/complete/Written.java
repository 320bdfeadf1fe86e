package io.penstock.complete;

import io.penstock.handover.EndedAttempt;
import java.util.ArrayList;
import java.util.List;

/** What became of attempts that were to be written: done, refused as stale, or held by somebody else at this moment. */
public record Written(List<EndedAttempt> done, List<EndedAttempt> stale, List<EndedAttempt> held) {

    public static Written nothing() {
        return new Written(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    }

    /** Adds other results to these. */
    public void add(Written other) {
        done.addAll(other.done);
        stale.addAll(other.stale);
        held.addAll(other.held);
    }
}
