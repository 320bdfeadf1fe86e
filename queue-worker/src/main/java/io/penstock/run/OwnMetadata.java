package io.penstock.run;

import io.penstock.job.JobType;
import io.penstock.job.NewJob;
import io.penstock.store.ClaimedJob;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** What of a job's metadata is Penstock's own. */
final class OwnMetadata {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private OwnMetadata() {}

    /** The version of the payload, which stands there from 2 on. One that is no number is one that nobody knows. */
    static int payloadVersion(ClaimedJob job) {
        String version = entry(job, JobType.VERSION_KEY);
        if (version == null) {
            return 1;
        }
        return version.matches("[1-9]\\d{0,8}") ? Integer.parseInt(version) : Integer.MAX_VALUE;
    }

    /** Why the job is not to be started any more; null if it is. What is no number says nothing. */
    static @Nullable String expired(ClaimedJob job) {
        String within = entry(job, NewJob.START_WITHIN_KEY);
        if (within == null || !within.matches("[1-9]\\d{0,15}")) {
            return null;
        }
        long waited = Duration.between(job.eligibleAt(), job.firstClaimedAt()).toMillis();
        return waited <= Long.parseLong(within)
                ? null
                : "expired: it was to start within " + within + " ms of becoming eligible, and its turn came after "
                        + waited + " ms";
    }

    private static @Nullable String entry(ClaimedJob job, String key) {
        return job.metadata().contains(key)
                ? JSON.readTree(job.metadata()).path(key).asString(null)
                : null;
    }
}
