package io.penstock.junit;

import io.penstock.job.JobDetail;
import io.penstock.job.JobFilter;
import io.penstock.job.JobRow;
import io.penstock.job.JobState;
import io.penstock.job.JobType;
import io.penstock.job.PayloadSerializer;
import io.penstock.operate.JobOperations;
import io.penstock.operate.SearchResult;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import tools.jackson.databind.json.JsonMapper;

/** The jobs of a database that have not ended. */
final class EnqueuedJobs {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Set<JobState> NOT_ENDED =
            Arrays.stream(JobState.values()).filter(state -> !state.terminal()).collect(Collectors.toSet());

    private final JobOperations jobs;

    EnqueuedJobs(DataSource dataSource) {
        this.jobs = JobOperations.unaudited(dataSource);
    }

    List<JobRow> all() {
        return jobs.search(JobFilter.ALL.inStates(NOT_ENDED), SearchResult.MOST).jobs().stream()
                .sorted(Comparator.comparing(JobRow::enqueuedAt).thenComparing(JobRow::id))
                .toList();
    }

    <P extends Record> List<P> payloads(JobType<P> type, PayloadSerializer serializer) {
        return all().stream()
                .filter(job -> job.type().equals(type.name()))
                .map(job -> payload(type, job, serializer))
                .toList();
    }

    private <P extends Record> P payload(JobType<P> type, JobRow job, PayloadSerializer serializer) {
        List<JobDetail> generations = jobs.generations(job.id());
        JobDetail newest = generations.get(generations.size() - 1);
        String version =
                JSON.readTree(newest.metadata()).path(JobType.VERSION_KEY).asString("1");
        return type.read(Integer.parseInt(version), newest.payload(), serializer);
    }

    static String describe(List<JobRow> jobs) {
        return jobs.isEmpty()
                ? "none"
                : jobs.stream()
                        .map(job -> job.type() + " on " + job.queue() + " ("
                                + job.state().word() + ")")
                        .collect(Collectors.joining(", "));
    }
}
