package io.penstock.job;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How far a handler said it had come.
 *
 * @param done parts of {@code total}, whatever a part is
 * @param note in the handler's words, or null
 * @param writtenAt by the database's clock, up to a second or so after it was said
 */
public record Progress(long done, long total, @Nullable String note, Instant writtenAt) {}
