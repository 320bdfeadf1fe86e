package io.penstock.examples.simulate;

import java.util.Random;

/** What the heavy queues are full of. Each run takes from half to one and a half times what its type takes on average. */
enum HeavyJobs {
    TENTH("0.1 s"),
    SECONDS("2 s"),
    LONG("20 s"),
    MIXED("mixed");

    final String title;

    HeavyJobs(String title) {
        this.title = title;
    }

    /** The next one; of mixed jobs, 80 of 100 take 0.1 s, 18 take 2 s, and 2 take 20 s. */
    Job next(Random random, int queue) {
        HeavyJobs type = this;
        if (this == MIXED) {
            int dice = random.nextInt(100);
            type = dice < 80 ? TENTH : dice < 98 ? SECONDS : LONG;
        }
        double seconds = type == TENTH ? 0.1 : type == SECONDS ? 2 : 20;
        return new Job(queue, type.title, 0, seconds * (0.5 + random.nextDouble()));
    }
}
