package io.penstock.run;

import io.penstock.handler.HandlerOptions;
import io.penstock.handler.JobHandler;
import io.penstock.job.JobType;

/** A job type with its handler. */
public record Registration<P extends Record>(JobType<P> type, JobHandler<P> handler, HandlerOptions options) {}
