package io.penstock.job;

/**
 * All that is known of one generation of a job.
 *
 * @param payload JSON
 * @param metadata a JSON object
 * @param failures the newest failures, a JSON array
 */
public record JobDetail(JobRow row, String payload, String metadata, String failures) {}
