package io.penstock.store;

/** One segment of one queue in "live": the table that hot statements name. Its name is made of two numbers, nothing else. */
public record Leaf(int queueId, int segment) {

    /** How many segments each queue has. */
    public static final int SEGMENTS = 3;

    public Leaf {
        if (queueId < 1 || segment < 0 || segment >= SEGMENTS) {
            throw new IllegalArgumentException("leaf: expected queue from 1 and segment from 0 to " + (SEGMENTS - 1)
                    + ", was queue " + queueId + " segment " + segment);
        }
    }

    String qualifiedName() {
        return "penstock.live_q" + queueId + "_s" + segment;
    }

    /** The queue's own partition of "live", of which this is one of three parts. */
    String queueTable() {
        return "penstock.live_q" + queueId;
    }

    String positionSequence() {
        return "penstock.position_q" + queueId;
    }
}
