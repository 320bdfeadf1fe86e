package io.penstock.run;

import io.penstock.job.JobType;
import io.penstock.store.ClaimedJob;
import tools.jackson.databind.json.JsonMapper;

/** The version of a job's payload, which stands in its metadata from 2 on. */
final class PayloadVersion {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private PayloadVersion() {}

    /** One that is no number is one that nobody knows. */
    static int of(ClaimedJob job) {
        if (!job.metadata().contains(JobType.VERSION_KEY)) {
            return 1;
        }
        String version = JSON.readTree(job.metadata()).path(JobType.VERSION_KEY).asString("1");
        return version.matches("[1-9]\\d{0,8}") ? Integer.parseInt(version) : Integer.MAX_VALUE;
    }
}
