package io.penstock.operate;

import io.penstock.job.JobDetail;
import io.penstock.job.JobFilter;
import io.penstock.job.JobRow;
import io.penstock.job.JobState;
import io.penstock.operate.FailureGroups.Group;
import io.penstock.store.JobStore;
import io.penstock.store.JobStore.FoundJob;
import io.penstock.store.SearchStore;
import io.penstock.transaction.TransactionLimits;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;

/** Searches that a person waits for: bounded by what they answer and by what they look at. */
record JobSearch(Transactions transactions) {

    /** How many jobs are looked at before an answer is given as it is. */
    static final int EXAMINED = 100_000;

    private static final String SEARCH = "search for jobs";

    SearchResult find(JobFilter filter, int most) {
        List<JobRow> found = new ArrayList<>();
        boolean[] cut = {false};
        JobWalk walk = new JobWalk(transactions, filter, null, EXAMINED);
        String partial = walk.each(SEARCH, row -> {
            cut[0] = found.size() == most;
            return !cut[0] && found.add(row);
        });
        return new SearchResult(
                found, walk.examined(), cut[0] ? "the first " + most + " are shown, there are more" : partial);
    }

    SearchResult trace(String businessKey) {
        Map<String, JobRow> found = new HashMap<>();
        JobWalk walk = new JobWalk(transactions, JobFilter.ALL, businessKey, EXAMINED);
        String partial = walk.each("trace", row -> {
            found.putIfAbsent(generation(row), row);
            return found.size() < SearchResult.MOST;
        });
        if (found.size() == SearchResult.MOST) {
            partial = "the first " + SearchResult.MOST + " that were found are shown, there may be more";
        }
        // One key has an index: what it names is found however much else there is.
        List<UUID> holders =
                transactions.transact("trace", connection -> SearchStore.holdersOf(connection, businessKey));
        for (UUID holder : holders) {
            generations(holder).forEach(row -> found.put(generation(row), row));
        }
        List<JobRow> inOrder = found.values().stream()
                .sorted(Comparator.comparing(JobRow::enqueuedAt).thenComparing(JobRow::generation))
                .toList();
        return new SearchResult(inOrder, walk.examined(), partial);
    }

    private List<JobRow> generations(UUID jobId) {
        return transactions.inSession("trace", TransactionLimits.DEFAULT, session -> {
            Optional<FoundJob> job = JobLookup.find(session, jobId);
            if (job.isEmpty()) {
                return List.of();
            }
            int liveIn = job.get().hasTables() ? job.get().queueId() : 0;
            List<JobDetail> generations = session.inTransaction(
                    connection -> SearchStore.generations(connection, liveIn, jobId, JobStore.earliestEnd(jobId)));
            return generations.stream().map(JobDetail::row).toList();
        });
    }

    private static String generation(JobRow row) {
        return row.id() + " " + row.generation() + " " + row.state().terminal();
    }

    FailureGroups groups(JobFilter filter) {
        Map<String, List<JobRow>> byFingerprint = new HashMap<>();
        JobWalk walk = new JobWalk(transactions, filter.inStates(Set.of(JobState.DISCARDED)), null, GROUPED, true);
        String partial = walk.each("failures", row -> {
            byFingerprint
                    .computeIfAbsent(ErrorFingerprint.of(row), fingerprint -> new ArrayList<>())
                    .add(row);
            return true;
        });
        List<Group> groups = byFingerprint.entrySet().stream()
                .map(entry -> group(entry.getKey(), entry.getValue()))
                .sorted(Comparator.comparing(Group::jobs).reversed().thenComparing(Group::fingerprint))
                .toList();
        return new FailureGroups(groups, walk.examined(), partial);
    }

    /** Failures are long, and each is read: fewer than of other looks. */
    private static final int GROUPED = 20_000;

    private static Group group(String fingerprint, List<JobRow> rows) {
        Comparator<JobRow> byEnd = Comparator.comparing(JobSearch::ended);
        JobRow newest = rows.stream().max(byEnd).orElseThrow();
        return new Group(
                fingerprint,
                rows.size(),
                newest.error(),
                newest.message() == null ? newest.reason() : newest.message(),
                rows.stream().map(JobRow::queue).collect(Collectors.toCollection(TreeSet::new)),
                rows.stream().map(JobRow::type).collect(Collectors.toCollection(TreeSet::new)),
                ended(rows.stream().min(byEnd).orElseThrow()),
                ended(newest),
                newest.id());
    }

    private static Instant ended(JobRow row) {
        return Objects.requireNonNull(row.finishedAt(), "a discarded job has ended");
    }
}
