package io.penstock.job;

import java.time.Instant;
import java.util.UUID;

/**
 * What became of a {@link NewJob}.
 *
 * @param id the job's id; where {@code created} is false, that of the earlier job with the same key
 * @param created whether a job was made
 * @param eligibleAt when a job made now may run, by the database's clock
 */
public record Enqueued(UUID id, boolean created, Instant eligibleAt) {}
