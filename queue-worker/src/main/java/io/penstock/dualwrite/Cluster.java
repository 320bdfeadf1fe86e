package io.penstock.dualwrite;

import io.penstock.JobQueue;
import io.penstock.job.Checks;

/**
 * One of the two databases: its queue, over a data source that is better small and for nothing else, and how values are kept there.
 *
 * @param name for people and metrics
 */
public record Cluster<T extends Record>(String name, JobQueue queue, Side<T> side) {

    public Cluster {
        Checks.matching(
                "cluster name", name, "[a-z][a-z0-9-]{0,31}", "a lower-case letter and up to 31 of a-z, 0-9, -");
        Checks.present("queue of cluster " + Checks.quoted(name), queue);
        Checks.present("side of cluster " + Checks.quoted(name), side);
    }
}
