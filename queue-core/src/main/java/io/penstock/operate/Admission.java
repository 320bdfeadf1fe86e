package io.penstock.operate;

import io.penstock.job.Checks;
import io.penstock.store.FleetStore.Room;

/** Whether a guarantee fits what the workers that are alive have. */
final class Admission {

    private Admission() {}

    /** Refuses one that does not fit beside the other queues' guarantees. Without workers anything fits. */
    static void check(String subject, int guarantee, Room room) {
        int slots = room.capacity() + room.headroom();
        if (room.workers() > 0 && guarantee + room.othersGuaranteed() > slots) {
            throw Checks.refused(
                    subject + " guarantee",
                    "at most " + Math.max(0, slots - room.othersGuaranteed()) + ": the " + room.workers()
                            + " workers have "
                            + room.capacity() + " slots and " + room.headroom()
                            + " of headroom, and other queues are guaranteed "
                            + room.othersGuaranteed(),
                    String.valueOf(guarantee));
        }
    }
}
