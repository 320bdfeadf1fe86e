package io.penstock.operate;

import io.penstock.job.Checks;
import io.penstock.job.JobEdit;
import io.penstock.job.JobFilter;
import io.penstock.job.JobState;
import io.penstock.job.Limits;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The same change of every job of a filter. States in which a job cannot be changed like that are left out of the filter.
 *
 * @param reason of a cancellation or a discard
 * @param edit of an edit; of a retry, what changes on the way
 * @param dryRun whether jobs are only counted
 * @param perSecond how many jobs are changed in a second at most
 * @param most how many jobs are changed at most
 * @param progress told once a second how many have been matched so far
 */
public record BulkChange(
        Kind kind,
        JobFilter filter,
        @Nullable String reason,
        JobEdit edit,
        boolean dryRun,
        int perSecond,
        int most,
        Consumer<BulkResult> progress) {

    /** What is done. */
    public enum Kind {
        /** Runs discarded and cancelled jobs again; completed ones only where the filter names that state. */
        RETRY(Set.of(JobState.DISCARDED, JobState.CANCELLED, JobState.COMPLETED)),
        CANCEL(Set.of(
                JobState.AVAILABLE,
                JobState.RUNNING,
                JobState.SCHEDULED,
                JobState.RETRYABLE,
                JobState.SNOOZED,
                JobState.PARKED)),
        DISCARD(Set.of(JobState.AVAILABLE, JobState.SCHEDULED, JobState.RETRYABLE, JobState.SNOOZED, JobState.PARKED)),
        EDIT(Set.of(JobState.AVAILABLE, JobState.SCHEDULED, JobState.RETRYABLE, JobState.SNOOZED, JobState.PARKED));

        private final Set<JobState> states;

        Kind(Set<JobState> states) {
            this.states = states;
        }

        Set<JobState> states() {
            return states;
        }
    }

    public static final int MOST = 1_000_000;
    public static final int MOST_PER_SECOND = 10_000;

    public BulkChange {
        Checks.within("jobs per second", perSecond, 1, MOST_PER_SECOND);
        Checks.within("most jobs", most, 1, MOST);
        if (kind == Kind.CANCEL || kind == Kind.DISCARD) {
            Checks.ofLength("reason", reason, 1, Limits.REASON_CHARACTERS);
        }
        if (kind == Kind.EDIT) {
            JobChanges.check(edit);
        }
        if (kind == Kind.EDIT && edit.payload() != null) {
            throw Checks.refused("edit by filter", "anything but a payload, which is one job's own", "a payload");
        }
        filter = filter.inStates(meant(kind, filter));
    }

    private static Set<JobState> meant(Kind kind, JobFilter filter) {
        if (filter.states().isEmpty()) {
            return kind == Kind.RETRY ? Set.of(JobState.DISCARDED, JobState.CANCELLED) : kind.states();
        }
        for (JobState state : filter.states()) {
            if (!kind.states().contains(state)) {
                throw Checks.refused(
                        kind.name().toLowerCase(Locale.ROOT) + " by filter",
                        "states among " + words(kind.states()),
                        state.word());
            }
        }
        return filter.states();
    }

    private static String words(Set<JobState> states) {
        return String.join(", ", states.stream().sorted().map(JobState::word).toList());
    }
}
