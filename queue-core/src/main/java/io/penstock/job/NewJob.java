package io.penstock.job;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A job to be enqueued. Immutable: each method answers a changed copy. Every value is checked as it is set, and a bad one
 * is refused with a {@link io.penstock.error.RefusedException}.
 *
 * <p>The id is made here (UUIDv7, ordered by time), so that a caller who loses the answer to a commit can ask for it.
 */
public final class NewJob<P extends Record> {

    /** The metadata entry that says within how many milliseconds of its eligible time a job is to start. */
    public static final String START_WITHIN_KEY = "penstock.start-within";

    private static final Instant LATEST_RUN = Instant.parse("9999-12-31T23:59:59Z");

    private final JobType<P> type;
    private final P payload;
    private UUID id;
    private String queue;
    private Priority priority = Priority.NORMAL;
    private int maxAttempts = Limits.DEFAULT_MAX_ATTEMPTS;
    private @Nullable Instant runAt;
    private @Nullable Duration runIn;
    private @Nullable Duration startWithin;
    private @Nullable String concurrencyKey;
    private @Nullable String idempotencyKey;
    private @Nullable Uniqueness uniqueness;
    private List<String> tags = List.of();
    private Map<String, String> metadata = Map.of();

    NewJob(JobType<P> type, P payload) {
        this.type = Checks.present("job type", type);
        this.payload = Checks.present("payload", payload);
        this.id = JobIds.next();
        this.queue = type.queue();
    }

    private NewJob(NewJob<P> source) {
        this.type = source.type;
        this.payload = source.payload;
        this.id = source.id;
        this.queue = source.queue;
        this.priority = source.priority;
        this.maxAttempts = source.maxAttempts;
        this.runAt = source.runAt;
        this.runIn = source.runIn;
        this.startWithin = source.startWithin;
        this.concurrencyKey = source.concurrencyKey;
        this.idempotencyKey = source.idempotencyKey;
        this.uniqueness = source.uniqueness;
        this.tags = source.tags;
        this.metadata = source.metadata;
    }

    /**
     * Names the job. A second job of the same id is refused while the first waits, or is live in the same segment of its
     * queue; nobody looks further. To repeat an enqueue without harm, use {@link #idempotencyKey}.
     */
    public NewJob<P> id(UUID value) {
        NewJob<P> copy = new NewJob<>(this);
        copy.id = Checks.present("id", value);
        return copy;
    }

    public NewJob<P> queue(String value) {
        NewJob<P> copy = new NewJob<>(this);
        copy.queue = QueueDefinition.checkName(value);
        return copy;
    }

    public NewJob<P> priority(Priority value) {
        NewJob<P> copy = new NewJob<>(this);
        copy.priority = Checks.present("priority", value);
        return copy;
    }

    /** How many attempts may be started in all; the last failure discards the job. */
    public NewJob<P> maxAttempts(int value) {
        NewJob<P> copy = new NewJob<>(this);
        copy.maxAttempts = Checks.within("max attempts", value, 1, Limits.MAX_ATTEMPTS);
        return copy;
    }

    /** Not before this moment, by the database's clock. A moment in the past means now. */
    public NewJob<P> runAt(Instant value) {
        Instant moment = Checks.present("run at", value);
        if (moment.isBefore(Instant.EPOCH) || moment.isAfter(LATEST_RUN)) {
            throw Checks.refused("run at", "1970 to 9999", moment.toString());
        }
        NewJob<P> copy = new NewJob<>(this);
        copy.runAt = moment;
        copy.runIn = null;
        return copy;
    }

    /**
     * Not before so long after its enqueue, by the database's clock, whatever this JVM's says. To the microsecond. The last of this
     * and {@link #runAt(Instant)} counts.
     */
    public NewJob<P> runIn(Duration value) {
        NewJob<P> copy = new NewJob<>(this);
        copy.runIn = Checks.within("run in", value, Duration.ZERO, Limits.FARTHEST_DELAY);
        copy.runAt = null;
        return copy;
    }

    /**
     * Only if it is first claimed within this time of becoming eligible, to the millisecond: one whose turn comes later is discarded then, with
     * that as its reason, and no handler is called. For work that is worth nothing once it is late. It says nothing of attempts after the first.
     */
    public NewJob<P> startWithin(Duration value) {
        NewJob<P> copy = new NewJob<>(this);
        copy.startWithin = Checks.within("start within", value, Duration.ofMillis(1), Limits.FARTHEST_DELAY);
        return copy;
    }

    /** Whom the job is for, such as a tenant. Recorded now; limits per key apply where a queue sets them. */
    public NewJob<P> concurrencyKey(String value) {
        NewJob<P> copy = new NewJob<>(this);
        copy.concurrencyKey = Checks.ofLength("concurrency key", value, 1, Limits.KEY_CHARACTERS);
        return copy;
    }

    /** A second job of the queue with the same key is not made; the first one's id is answered instead. */
    public NewJob<P> idempotencyKey(String value) {
        NewJob<P> copy = new NewJob<>(this);
        copy.idempotencyKey = Checks.ofLength("idempotency key", value, 1, Limits.KEY_CHARACTERS);
        return copy.checkKeys();
    }

    /** At most one job of a key at a time. An idempotency key, which is about one enqueue, cannot be given beside it. */
    public NewJob<P> unique(Uniqueness value) {
        NewJob<P> copy = new NewJob<>(this);
        copy.uniqueness = Checks.present("uniqueness", value);
        return copy.checkKeys();
    }

    private NewJob<P> checkKeys() {
        if (idempotencyKey != null && uniqueness != null) {
            throw Checks.refused("keys", "an idempotency key or a uniqueness", "both");
        }
        return this;
    }

    public NewJob<P> tags(String... values) {
        Checks.within("tags", Checks.present("tags", values).length, 0, Limits.TAGS);
        for (String tag : values) {
            Checks.ofLength("tag", tag, 1, Limits.TAG_CHARACTERS);
        }
        NewJob<P> copy = new NewJob<>(this);
        copy.tags = List.of(values);
        return copy;
    }

    /**
     * Adds one entry of metadata: kept with the job, given to its handler, never interpreted. Keys that begin with {@code
     * penstock.} are Penstock's own.
     */
    public NewJob<P> metadata(String key, String value) {
        Checks.ofLength("metadata key", key, 1, Limits.KEY_CHARACTERS);
        if (key.startsWith("penstock.")) {
            throw Checks.refused("metadata key", "one that does not begin with \"penstock.\"", Checks.quoted(key));
        }
        Checks.ofLength("metadata " + Checks.quoted(key), value, 0, Limits.METADATA_BYTES / 4);
        TreeMap<String, String> entries = new TreeMap<>(metadata);
        entries.put(key, value);
        NewJob<P> copy = new NewJob<>(this);
        copy.metadata = Map.copyOf(entries);
        return copy;
    }

    public JobType<P> type() {
        return type;
    }

    public P payload() {
        return payload;
    }

    public UUID id() {
        return id;
    }

    public String queue() {
        return queue;
    }

    public Priority priority() {
        return priority;
    }

    public int maxAttempts() {
        return maxAttempts;
    }

    public @Nullable Instant runAt() {
        return runAt;
    }

    public @Nullable Duration runIn() {
        return runIn;
    }

    public @Nullable Duration startWithin() {
        return startWithin;
    }

    public @Nullable String concurrencyKey() {
        return concurrencyKey;
    }

    public @Nullable String idempotencyKey() {
        return idempotencyKey;
    }

    public @Nullable Uniqueness uniqueness() {
        return uniqueness;
    }

    public List<String> tags() {
        return tags;
    }

    public Map<String, String> metadata() {
        return metadata;
    }

    @Override
    public String toString() {
        return type.name() + " " + id + " on " + queue;
    }
}
