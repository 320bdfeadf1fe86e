package io.penstock.store;

import io.penstock.job.JobState;
import java.util.List;
import java.util.Set;

/**
 * One table, or part of one, that a search goes through by an index, page by page. A name put into a statement is made of
 * numbers only.
 */
public sealed interface SearchSource {

    /** The columns of the index, which the pages are ordered by, with the type of each. */
    record Key(List<String> columns, List<String> types, boolean descending, List<String> start) {}

    String table();

    Key key();

    Set<JobState> states();

    /** A segment of a queue: by level and position. */
    record Live(Leaf leaf) implements SearchSource {
        private static final Key KEY =
                new Key(List.of("priority", "position"), List.of("smallint", "bigint"), false, List.of("-1", "0"));

        @Override
        public String table() {
            return leaf.qualifiedName();
        }

        @Override
        public Key key() {
            return KEY;
        }

        @Override
        public Set<JobState> states() {
            return Set.of(JobState.AVAILABLE, JobState.RUNNING);
        }
    }

    /** What waits for a queue, by due time. */
    record Waiting(int queueId) implements SearchSource {
        private static final Key KEY = new Key(
                List.of("due_at", "id"),
                List.of("timestamptz", "uuid"),
                false,
                List.of("-infinity", "00000000-0000-0000-0000-000000000000"));

        @Override
        public String table() {
            return "penstock.waiting";
        }

        @Override
        public Key key() {
            return KEY;
        }

        @Override
        public Set<JobState> states() {
            return Set.of(JobState.SCHEDULED, JobState.RETRYABLE, JobState.SNOOZED, JobState.PARKED);
        }
    }

    /** What was discarded of a queue, the newest first. */
    record Discarded(int queueId) implements SearchSource {
        private static final Key KEY = new Key(
                List.of("finished_at", "id"),
                List.of("timestamptz", "uuid"),
                true,
                List.of("infinity", "ffffffff-ffff-ffff-ffff-ffffffffffff"));

        @Override
        public String table() {
            return "penstock.finished";
        }

        @Override
        public Key key() {
            return KEY;
        }

        @Override
        public Set<JobState> states() {
            return Set.of(JobState.DISCARDED);
        }
    }

    /**
     * What was completed or cancelled on one day, by id, the newest first: there is no index for a queue's.
     *
     * @param day as in the name of its table, eight digits
     */
    record Ended(String day) implements SearchSource {
        private static final Key KEY = new Key(
                List.of("id", "generation"),
                List.of("uuid", "integer"),
                true,
                List.of("ffffffff-ffff-ffff-ffff-ffffffffffff", "2147483647"));

        public Ended {
            if (!day.matches("[0-9]{8}")) {
                throw new IllegalArgumentException("day: expected eight digits, was " + day);
            }
        }

        @Override
        public String table() {
            return "penstock.finished_" + day;
        }

        @Override
        public Key key() {
            return KEY;
        }

        @Override
        public Set<JobState> states() {
            return Set.of(JobState.COMPLETED, JobState.CANCELLED);
        }
    }
}
