package io.penstock.examples.drill;

/** The ways in which the commit on A fails, or what comes after it, while something is held on B. */
enum Form {
    TRIGGER(1, "a deferred constraint of A raises at commit, for tenant 7 only"),
    TERMINATED(2, "A's session is terminated before its commit"),
    STANDBY(3, "A's commit waits for a standby that does not come"),
    STOPPED(4, "the writer's process is stopped (SIGSTOP) with B's row locked"),
    CUT_OFF(5, "nothing passes any more on the connection that has locked B's row"),
    KILLED(
            6,
            "the writer is killed: the naive one, in two-phase commit, between PREPARE and COMMIT PREPARED; Penstock's after A's commit");

    private final int number;
    private final String words;

    Form(int number, String words) {
        this.number = number;
        this.words = words;
    }

    String key() {
        return "form" + number;
    }

    String words() {
        return number + ". " + words;
    }

    /** Whether the writer that meets it is a process of its own. */
    boolean inProcess() {
        return this == STOPPED || this == KILLED;
    }
}
