package io.penstock.operate;

import io.penstock.database.Session;
import io.penstock.job.Checks;
import io.penstock.job.JobFilter;
import io.penstock.job.JobRow;
import io.penstock.store.Leaf;
import io.penstock.store.QueueStore;
import io.penstock.store.QueueStore.StoredQueue;
import io.penstock.store.SearchCondition;
import io.penstock.store.SearchSource;
import io.penstock.store.SearchStore;
import io.penstock.store.SearchStore.Page;
import io.penstock.transaction.TransactionLimits;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Goes through the jobs of a filter, source by source and page by page. Each page is a bounded statement in a transaction of at
 * most some pages, so the walk holds no snapshot, no lock and no more than a page of jobs, however long it takes. A job that
 * moves meanwhile may be met twice or not at all.
 */
final class JobWalk {

    private static final int PAGE = 2_000;
    /** One long queue must not keep a bounded search from the others: of each source it looks at a part. */
    private static final int PARTS = 5;

    /** Failures with their stacks are some kilobytes each. */
    private static final int PAGE_WITH_FRAMES = 500;
    /** Short looks share a transaction: with two hundred queues there are a thousand sources, most of them empty. */
    private static final int SOURCES_AT_ONCE = 16;

    private final Transactions transactions;
    private final JobFilter filter;
    private final @Nullable String businessKey;
    private final long mostExamined;
    private final boolean frames;
    private long examined;
    private boolean cutShort;

    JobWalk(Transactions transactions, JobFilter filter, @Nullable String businessKey, long mostExamined) {
        this(transactions, filter, businessKey, mostExamined, filter.fingerprint() != null);
    }

    JobWalk(
            Transactions transactions,
            JobFilter filter,
            @Nullable String businessKey,
            long mostExamined,
            boolean frames) {
        this.transactions = transactions;
        this.filter = filter;
        this.businessKey = businessKey;
        this.mostExamined = mostExamined;
        this.frames = frames;
    }

    long examined() {
        return examined;
    }

    /**
     * Hands over each job, until it is told that it is enough.
     *
     * @return why there may be more jobs than these, or null
     */
    @Nullable
    String each(String subject, Predicate<JobRow> wanted) {
        SearchStore.prepare();
        transactions.inSession(subject, TransactionLimits.DEFAULT, session -> {
            List<StoredQueue> queues = queues(session);
            int queueId = filter.queue() == null ? 0 : queues.get(0).queueId();
            SearchCondition condition = new SearchCondition(filter, queueId, businessKey, frames);
            List<SearchSource> sources = sources(session, queues);
            for (int first = 0; first < sources.size(); first += SOURCES_AT_ONCE) {
                List<SearchSource> some = sources.subList(first, Math.min(sources.size(), first + SOURCES_AT_ONCE));
                List<Page> begun = session.inTransaction(connection -> {
                    List<Page> pages = new ArrayList<>();
                    for (SearchSource source : some) {
                        pages.add(SearchStore.page(
                                connection, source, condition, source.key().start(), page()));
                    }
                    return pages;
                });
                for (int index = 0; index < some.size(); index++) {
                    if (!through(session, some.get(index), condition, begun.get(index), wanted)) {
                        return false;
                    }
                }
            }
            return true;
        });
        return cutShort ? "looked at " + examined + " jobs, and to the end of no long queue" : null;
    }

    /** Answers whether to go on. */
    private boolean through(
            Session session, SearchSource source, SearchCondition condition, Page begun, Predicate<JobRow> wanted)
            throws SQLException {
        Page page = begun;
        long ofSource = 0;
        while (true) {
            examined += page.examined();
            ofSource += page.examined();
            for (JobRow row : page.rows()) {
                boolean meant =
                        filter.fingerprint() == null || filter.fingerprint().equals(ErrorFingerprint.of(row));
                if (meant && !wanted.test(row)) {
                    return false;
                }
            }
            List<String> next = page.next();
            if (next == null) {
                return true;
            }
            if (examined >= mostExamined || ofSource >= mostExamined / PARTS) {
                cutShort = true;
                return examined < mostExamined;
            }
            page = session.inTransaction(connection -> SearchStore.page(connection, source, condition, next, page()));
        }
    }

    private int page() {
        return frames ? PAGE_WITH_FRAMES : PAGE;
    }

    private List<StoredQueue> queues(Session session) throws SQLException {
        List<StoredQueue> queues = session.inTransaction(QueueStore::all);
        if (filter.queue() == null) {
            return queues;
        }
        List<StoredQueue> named = queues.stream()
                .filter(queue -> queue.name().equals(filter.queue()))
                .toList();
        if (named.isEmpty()) {
            throw Checks.refused("queue " + Checks.quoted(filter.queue()), "an existing queue", "none");
        }
        return named;
    }

    private List<SearchSource> sources(Session session, List<StoredQueue> queues) throws SQLException {
        List<SearchSource> sources = new ArrayList<>();
        for (StoredQueue queue : queues) {
            for (int segment = 0; segment < Leaf.SEGMENTS; segment++) {
                sources.add(new SearchSource.Live(new Leaf(queue.queueId(), segment)));
            }
            sources.add(new SearchSource.Waiting(queue.queueId()));
            sources.add(new SearchSource.Discarded(queue.queueId()));
        }
        for (String day : session.inTransaction(SearchStore::days)) {
            sources.add(new SearchSource.Ended(day));
        }
        sources.removeIf(source -> source.states().stream().noneMatch(filter::takes));
        return sources;
    }
}
