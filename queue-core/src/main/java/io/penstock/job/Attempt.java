package io.penstock.job;

import java.util.UUID;

/**
 * One attempt to run a job, and the right to say how it ended. Whatever ends, postpones or releases a job names all
 * four: what names an older lease token changes nothing.
 *
 * @param jobId the job
 * @param generation counts from 1; an operator's retry of a finished job is the next one
 * @param number counts from 1 within a generation; a snooze does not use one up
 * @param leaseToken the fencing number: grows by one with every claim of the job
 */
public record Attempt(UUID jobId, int generation, int number, long leaseToken) {

    @Override
    public String toString() {
        return "job " + jobId + " generation " + generation + " attempt " + number + " token " + leaseToken;
    }
}
