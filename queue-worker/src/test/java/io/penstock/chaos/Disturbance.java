package io.penstock.chaos;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;

/** Something that befalls the server or a worker at a moment of the run. */
record Disturbance(Duration at, Act act) {

    /** What befalls whom. */
    enum Act {
        KILL_WORKER,
        RESTART_SERVER,
        CRASH_SERVER,
        /** Stops the server, copies it and starts it again. */
        COPY_SERVER,
        /** Stops the server and puts the copy in its place. */
        SWAP_SERVER
    }

    private static final long CYCLE_SECONDS = 300;
    private static final Act[] SMALL = {Act.KILL_WORKER, Act.RESTART_SERVER, Act.CRASH_SERVER};

    /** Cycles of five minutes, or of the whole run if that is shorter: each has a copy and a swap, and the others between. */
    static List<Disturbance> plan(Duration length, long seed) {
        Random random = new Random(seed);
        long cycle = Math.min(length.toSeconds(), CYCLE_SECONDS) * 1_000;
        long every = Math.max(5_000, Math.min(20_000, cycle / 9));
        List<Disturbance> plan = new ArrayList<>();
        for (long start = 0; start + cycle <= length.toMillis(); start += cycle) {
            plan.add(new Disturbance(Duration.ofMillis(start + cycle / 2), Act.COPY_SERVER));
            plan.add(new Disturbance(Duration.ofMillis(start + cycle * 3 / 4), Act.SWAP_SERVER));
            int number = random.nextInt(SMALL.length);
            for (long at = every; at < cycle * 9 / 10; at += every) {
                long moment = start + at + random.nextLong(every / 4);
                plan.add(new Disturbance(Duration.ofMillis(moment), SMALL[number++ % SMALL.length]));
            }
        }
        plan.sort(Comparator.comparing(Disturbance::at));
        return plan;
    }
}
