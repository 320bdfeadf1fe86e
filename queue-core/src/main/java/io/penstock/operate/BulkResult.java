package io.penstock.operate;

import org.jspecify.annotations.Nullable;

/**
 * What became of a change by filter, so far or in the end.
 *
 * @param matched jobs of the filter that were met
 * @param changed how many of them were changed; none in a dry run
 * @param skipped how many were no longer as they were met: run again already, running, or gone
 * @param partial why there may be more jobs than these, or null
 */
public record BulkResult(
        long matched, long changed, long skipped, @Nullable String partial) {}
