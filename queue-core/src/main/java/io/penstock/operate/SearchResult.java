package io.penstock.operate;

import io.penstock.job.JobRow;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a search found.
 *
 * @param examined how many jobs were looked at
 * @param partial why there may be more, or null if these are all
 */
public record SearchResult(
        List<JobRow> jobs, long examined, @Nullable String partial) {

    /** The most jobs that one search answers. */
    public static final int MOST = 1_000;

    public SearchResult {
        jobs = List.copyOf(jobs);
    }
}
