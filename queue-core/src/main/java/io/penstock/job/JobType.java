package io.penstock.job;

/**
 * A kind of job: the name that is stored with each job and by which a worker finds its handler, the record that carries
 * its payload, and the queue that its jobs go to unless told otherwise. A class name never comes from data.
 *
 * @param name a letter followed by at most 127 letters, digits or {@code _ . : / -}
 * @param payloadClass the record that the payload is read into
 * @param queue the default queue of this type's jobs
 */
public record JobType<P extends Record>(String name, Class<P> payloadClass, String queue) {

    public static final String NAME_PATTERN = "[A-Za-z][A-Za-z0-9_.:/-]{0,127}";
    public static final String DEFAULT_QUEUE = "default";

    public JobType {
        Checks.matching(
                "job type name", name, NAME_PATTERN, "a letter followed by at most 127 letters, digits or _ . : / -");
        Checks.present("job type payload class", payloadClass);
        if (!payloadClass.isRecord()) {
            throw Checks.refused(
                    "job type " + Checks.quoted(name) + " payload class", "a record", payloadClass.getName());
        }
        QueueDefinition.checkName(queue);
    }

    public static <P extends Record> JobType<P> of(String name, Class<P> payloadClass) {
        return new JobType<>(name, payloadClass, DEFAULT_QUEUE);
    }

    /** The same type, with its jobs going to the queue named. */
    public JobType<P> onQueue(String queueName) {
        return new JobType<>(name, payloadClass, queueName);
    }

    /** A job of this type, due now, with the defaults of {@link NewJob}. */
    public NewJob<P> with(P payload) {
        return new NewJob<>(this, payload);
    }
}
