package io.penstock.job;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * A kind of job: the name that is stored with each job and by which a worker finds its handler, the record that carries
 * its payload, and the queue that its jobs go to unless told otherwise. A class name never comes from data.
 *
 * <p>When a payload changes so that old ones can no longer be read, the type gets a higher version. A worker runs jobs of the
 * versions that it knows: its own, and older ones that it can {@linkplain #upcast turn into} its own. Others it leaves to workers
 * that know them, so new ones may be enqueued before every worker is replaced.
 *
 * @param name a letter followed by at most 127 letters, digits or {@code _ . : / -}
 * @param payloadClass the record that the payload is read into
 * @param queue the default queue of this type's jobs
 * @param version of the payload, from 1; stored with each job from 2 on
 * @param older by version, how payloads of that version are read
 */
public record JobType<P extends Record>(
        String name, Class<P> payloadClass, String queue, int version, Map<Integer, Upcast<?, P>> older) {

    public static final String NAME_PATTERN = "[A-Za-z][A-Za-z0-9_.:/-]{0,127}";
    public static final String DEFAULT_QUEUE = "default";

    /** The metadata entry that a job's version stands in. */
    public static final String VERSION_KEY = "penstock.version";

    private static final int HIGHEST_VERSION = 1_000_000;

    /** A payload of an older version, and what makes one of today's of it. */
    public record Upcast<O extends Record, P extends Record>(Class<O> payloadClass, Function<O, P> function) {
        P read(String json, PayloadSerializer serializer) {
            return function.apply(JobType.read(json, payloadClass, serializer));
        }
    }

    public JobType {
        Checks.matching(
                "job type name", name, NAME_PATTERN, "a letter followed by at most 127 letters, digits or _ . : / -");
        String subject = "job type " + Checks.quoted(name);
        checkPayloadClass(subject, payloadClass);
        QueueDefinition.checkName(queue);
        Checks.within(subject + " version", version, 1, HIGHEST_VERSION);
        older = Map.copyOf(older);
    }

    public static <P extends Record> JobType<P> of(String name, Class<P> payloadClass) {
        return new JobType<>(name, payloadClass, DEFAULT_QUEUE, 1, Map.of());
    }

    /** The same type, with its jobs going to the queue named. */
    public JobType<P> onQueue(String queueName) {
        return new JobType<>(name, payloadClass, queueName, version, older);
    }

    /** The same type, with payloads of a version, from 1. */
    public JobType<P> version(int number) {
        return new JobType<>(name, payloadClass, queue, number, older);
    }

    /**
     * The same type, reading payloads of an older version too.
     *
     * @param from lower than this type's own version
     * @param oldClass the record that payloads of that version are read into
     * @param function makes today's payload; what it throws discards the job, as a payload that cannot be read does
     */
    public <O extends Record> JobType<P> upcast(int from, Class<O> oldClass, Function<O, P> function) {
        String subject = "job type " + Checks.quoted(name) + " upcast from version " + from;
        Checks.within(subject, from, 1, version - 1);
        checkPayloadClass(subject, oldClass);
        Map<Integer, Upcast<?, P>> upcasts = new TreeMap<>(older);
        upcasts.put(from, new Upcast<>(oldClass, Checks.present(subject + " function", function)));
        return new JobType<>(name, payloadClass, queue, version, upcasts);
    }

    /** Whether payloads of a version can be read. */
    public boolean reads(int payloadVersion) {
        return payloadVersion == version || older.containsKey(payloadVersion);
    }

    /**
     * Reads a payload of a version that {@link #reads} knows.
     *
     * @throws io.penstock.error.RefusedException if the text is not a payload of that version
     */
    public P read(int payloadVersion, String json, PayloadSerializer serializer) {
        Upcast<?, P> upcast = older.get(payloadVersion);
        if (upcast == null) {
            return read(json, payloadClass, serializer);
        }
        try {
            return upcast.read(json, serializer);
        } catch (RuntimeException failure) {
            throw Checks.refused(
                    "payload of version " + payloadVersion,
                    "what its upcast to version " + version + " of job type " + Checks.quoted(name) + " can read",
                    String.valueOf(failure.getMessage()));
        }
    }

    private static <T extends Record> T read(String json, Class<T> type, PayloadSerializer serializer) {
        return type == JsonText.class ? type.cast(new JsonText(json)) : serializer.read(json, type);
    }

    /** A job of this type, due now, with the defaults of {@link NewJob}. */
    public NewJob<P> with(P payload) {
        return new NewJob<>(this, payload);
    }

    private static void checkPayloadClass(String subject, Class<?> payloadClass) {
        Checks.present(subject + " payload class", payloadClass);
        if (!payloadClass.isRecord()) {
            throw Checks.refused(subject + " payload class", "a record", payloadClass.getName());
        }
    }
}
