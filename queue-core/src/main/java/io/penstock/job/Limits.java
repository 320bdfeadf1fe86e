package io.penstock.job;

import java.time.Duration;

/** Every bound of the library, in one place, with the relations between them asserted when the class loads. */
public final class Limits {

    /** Jobs in one enqueue call. The SQL function holds the same number. */
    public static final int ENQUEUE_BATCH = 10_000;
    /** Times that the block of a transaction may run. */
    public static final int TRANSACTION_ATTEMPTS = 100;
    /** Steps that follow the jobs of one batch. */
    public static final int BATCH_STEPS = 100;
    /** Ended jobs of one batch that a transaction passes by. */
    public static final int BATCH_ADVANCE = 200;
    /** Batches that one look advances. */
    public static final int DUE_BATCHES = 100;
    /** Characters of JSON in one enqueue call and queue; PostgreSQL takes arrays of up to 256 MiB. */
    public static final int ENQUEUE_BATCH_CHARACTERS = 64 << 20;
    /** UTF-8 bytes of a serialised payload. */
    public static final int PAYLOAD_BYTES = 1 << 20;
    /** UTF-8 bytes of a job's serialised checkpoint. */
    public static final int CHECKPOINT_BYTES = 1 << 16;
    /** Characters of what a handler says beside its progress. */
    public static final int PROGRESS_CHARACTERS = 500;
    /** UTF-8 bytes of a completed job's serialised result. */
    public static final int RESULT_BYTES = 1 << 16;
    /** Levels of objects and arrays in a payload. */
    public static final int PAYLOAD_DEPTH = 500;
    /** UTF-8 bytes of serialised metadata. */
    public static final int METADATA_BYTES = 1 << 16;

    public static final int TAGS = 16;
    public static final int TAG_CHARACTERS = 128;
    public static final int KEY_CHARACTERS = 255;
    public static final int MAX_ATTEMPTS = 999;
    /** With the default retry policy, spread over about forty minutes: the median of the sum of its delays. */
    public static final int DEFAULT_MAX_ATTEMPTS = 20;
    /** How far ahead a job may be scheduled, and how long a retry or a snooze may be. */
    public static final Duration FARTHEST_DELAY = Duration.ofDays(3_650);

    /** For how many days a queue may keep ended jobs at most. */
    public static final int RETENTION_DAYS = 3_650;

    /** Slots of one queue, and of one worker. Each is a platform thread. */
    public static final int SLOTS = 10_000;
    /** Jobs taken by one claim statement. */
    public static final int CLAIM_BATCH = 500;
    /** Jobs of keys without room that one round moves out of the way of others, of each segment and level. */
    public static final int PARK_BATCH = 500;
    /** Keys with parked jobs that one round looks at. */
    public static final int PARKED_KEYS = 64;
    /** Late jobs that one statement counts. */
    public static final int LATE_BATCH = 500;
    /** Attempts ended by one statement. */
    public static final int COMPLETION_BATCH = 1_000;
    /** Due jobs moved by one promotion, short enough never to hold locks for long. */
    public static final int PROMOTION_BATCH = 1_000;
    /** Positions drawn in a segment before enqueuers are moved on to another, if one is drained. */
    public static final long SEGMENT_POSITIONS = 100_000;
    /** Positions between two raises of a claim ceiling; also the most rows that a rescue reads in vain. */
    public static final long CEILING_STEP = 100_000;

    /** Characters kept of an error's message. */
    public static final int ERROR_MESSAGE_CHARACTERS = 2_000;
    /** Characters kept of an error's stack. */
    public static final int ERROR_STACK_CHARACTERS = 8_000;
    /** Characters kept of the reason of a discard or a cancellation. */
    public static final int REASON_CHARACTERS = 1_000;

    /** How long an attempt may run unless its handler is registered with another timeout. */
    public static final Duration DEFAULT_ATTEMPT_TIMEOUT = Duration.ofHours(1);

    public static final Duration LONGEST_ATTEMPT_TIMEOUT = Duration.ofDays(30);
    /** How long a handler may go on after it was interrupted before its attempt is given up, and its thread with it. */
    public static final Duration STUCK_AFTER = Duration.ofSeconds(4);
    /** Schedules that one look fires, each in a transaction of its own. */
    public static final int DUE_SCHEDULES = 100;
    /** Ticks that are made up for in one transaction; there are more of those if more were missed. */
    public static final int CATCH_UP_BATCH = 100;
    /** How far back every missed tick is made up for. */
    public static final Duration CATCH_UP_AGE = Duration.ofDays(1);
    /** How late a tick may be that is not to be made up for. */
    public static final Duration TICK_GRACE = Duration.ofMinutes(1);
    /** When a schedule that failed is tried again. */
    public static final Duration SCHEDULE_RETRY = Duration.ofSeconds(5);

    public static final Duration SHORTEST_PERIOD = Duration.ofSeconds(1);
    /** Ticks that are told in advance. */
    public static final int NEXT_TICKS = 1_000;

    public static final Duration HEARTBEAT = Duration.ofSeconds(1);
    /** Without a heart-beat for this long, a worker is taken for hung or cut off. */
    public static final Duration LEASE = Duration.ofSeconds(15);
    /** With its session gone and no heart-beat for this long, a worker is taken for dead. */
    public static final Duration DEATH_NOTICE = Duration.ofMillis(1_500);
    /** How long the jobs of a lost worker are looked for: a claim may have been on its way when it was fenced. */
    public static final Duration LOST_WORKER_WATCH = Duration.ofSeconds(30);

    static {
        require(PAYLOAD_BYTES * 2 < ENQUEUE_BATCH_CHARACTERS, "the largest job must fit into a batch");
        require(CLAIM_BATCH <= COMPLETION_BATCH, "what one claim takes, one completion must be able to end");
        require(CATCH_UP_BATCH <= ENQUEUE_BATCH, "the ticks made up for at once must fit into a batch");
        require(SCHEDULE_RETRY.compareTo(TICK_GRACE) < 0, "a schedule must be tried again before its tick is too late");
        require(HEARTBEAT.multipliedBy(3).compareTo(LEASE) < 0, "a lease must outlive three heart-beats");
        require(DEATH_NOTICE.compareTo(HEARTBEAT) > 0, "a live worker beats within the death notice");
        require(LOST_WORKER_WATCH.compareTo(LEASE) > 0, "a fenced claim must have ended before the watch does");
    }

    private Limits() {}

    private static void require(boolean holds, String relation) {
        if (!holds) {
            throw new AssertionError("limits: " + relation);
        }
    }
}
