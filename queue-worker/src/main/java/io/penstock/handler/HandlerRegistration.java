package io.penstock.handler;

import io.penstock.job.Checks;
import io.penstock.job.JobType;

/** A job type with what runs its jobs, and how. */
public record HandlerRegistration<P extends Record>(JobType<P> type, JobHandler<P> handler, HandlerOptions options) {

    public HandlerRegistration {
        Checks.present("job type", type);
        Checks.present("handler of job type " + Checks.quoted(type.name()), handler);
        Checks.present("handler options of job type " + Checks.quoted(type.name()), options);
    }

    /** With {@link HandlerOptions#DEFAULT}. */
    public static <P extends Record> HandlerRegistration<P> of(JobType<P> type, JobHandler<P> handler) {
        return new HandlerRegistration<>(type, handler, HandlerOptions.DEFAULT);
    }
}
