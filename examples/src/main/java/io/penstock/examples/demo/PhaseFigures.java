package io.penstock.examples.demo;

import org.jspecify.annotations.Nullable;

/**
 * What a phase came to, from the rows of its database.
 *
 * @param ingest null where nothing was ingested
 * @param utilisation slot-seconds that attempts ran inside the measured window, of all that there were
 * @param slotsMax the most attempts that ran at one instant of the whole phase
 */
record PhaseFigures(JobFigures runbook, @Nullable JobFigures ingest, double utilisation, int slotsMax) {}
