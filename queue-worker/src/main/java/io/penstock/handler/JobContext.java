package io.penstock.handler;

import io.penstock.job.Attempt;
import java.sql.Connection;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a handler is given of its attempt. For use by the handler's thread only. */
public interface JobContext<P extends Record> {

    P payload();

    /** The job's id, generation and attempt number. */
    Attempt attempt();

    String queue();

    String type();

    /** How many attempts the job has in all, as it allows and its handler's options do. */
    int maxAttempts();

    /** Since when the job was due, by the database's clock. */
    Instant eligibleAt();

    List<String> tags();

    Map<String, String> metadata();

    Optional<String> concurrencyKey();

    /**
     * Whether somebody asked for the job to be cancelled. The handler was interrupted then; one that catches that may look here
     * why. An attempt that throws anything afterwards is cancelled, one that answers an outcome ends as it says.
     */
    boolean cancelRequested();

    /**
     * Whether the attempt had better give its slot back: its queue has more slots than it is guaranteed, and they are needed for
     * a queue that has less; or the worker is being closed. As many attempts are asked as slots are needed, and each goes on being asked until it ends. For handlers that
     * work for long: at a point where it can stop, such a handler keeps a checkpoint and answers {@link io.penstock.job.Outcome#yielded()}. The job then stands in line
     * behind those that wait, its attempt not used up and its eligible time as it was. Costs little, and may be called as often as one likes.
     */
    boolean shouldYield();

    /**
     * Says how far the handler has come, for whoever looks at the job. Costs nothing here and may be called as often as one likes:
     * about once a second what was said last is written; what is said in the last second of an attempt may not be. Not for the next attempt to
     * rely on: that is what a checkpoint is for.
     *
     * @param done parts of the total, whatever a part is
     * @param note in words, at most {@link io.penstock.job.Limits#PROGRESS_CHARACTERS}; may be empty
     * @throws io.penstock.error.RefusedException unless 0 ≤ done ≤ total and the note is storable and not longer
     */
    void progress(long done, long total, String note);

    /**
     * Keeps how far the handler has come, in its own transaction: what it did and that it did it are committed together. Later
     * attempts of this generation find it. Kept for 90 days after it was written last.
     *
     * @param connection a transaction of the handler's, on the database of the queue
     * @param state replaces what was kept before; at most {@link io.penstock.job.Limits#CHECKPOINT_BYTES} of JSON
     * @throws io.penstock.error.LeaseLostException if the attempt no longer owns the job: roll back
     * @throws io.penstock.error.RefusedException if the state is too large or cannot be written
     */
    void checkpoint(Connection connection, Record state);

    /**
     * What this or an earlier attempt kept last.
     *
     * @param connection a connection to the database of the queue
     * @throws io.penstock.error.RefusedException if it is not a state of that class
     */
    <S extends Record> Optional<S> checkpoint(Connection connection, Class<S> stateClass);

    /**
     * Completes the job in the handler's own transaction: its effects and the completion are committed together, exactly
     * once. The handler commits, and then returns {@link io.penstock.job.Outcome#completed()}; if it rolls back instead,
     * the attempt counts as failed.
     *
     * @param connection a transaction of the handler's, on the database of the queue
     * @throws io.penstock.error.LeaseLostException if the attempt no longer owns the job: roll back
     */
    void complete(Connection connection);
}
