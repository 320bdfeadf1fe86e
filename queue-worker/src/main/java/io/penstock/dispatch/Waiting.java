package io.penstock.dispatch;

/** Why a queue that is believed to have work does not start it at this moment. The first that holds counts. */
public enum Waiting {
    /** Nothing is known to wait. */
    NOTHING("nothing waits"),
    PAUSED("it is paused"),
    /** Claims from it fail, and are tried again with back-off. */
    FAILING("claims from it fail"),
    /** Its rate is used up. */
    RATE("its rate is used up"),
    /** The worker has no share of its budget, or holds no slot of its strict limit. */
    SHARE("this worker has no share of its budget, or no slot of its strict limit"),
    LIMIT("its share of the limit is in use"),
    /** The policy lets it start: what is waited for is the claim. */
    CLAIM("a slot is free for it and its claim has not been made"),
    /** It is below its guarantee, and neither a slot nor headroom is free: the guarantee deficit. */
    OWED("it is below its guarantee and no slot is free"),
    SLOTS("no slot is free and it has its guarantee"),
    /** Slots are free that other queues are guaranteed, and may not be lent to it. */
    LENDING("the free slots are guaranteed to other queues and not lent to it");

    private final String words;

    Waiting(String words) {
        this.words = words;
    }

    /** Whether somebody wants it so, or the work is others' or for later. Of a queue without a share it is not even known. */
    boolean asItShould() {
        return switch (this) {
            case NOTHING, PAUSED, RATE, SHARE, LIMIT -> true;
            case FAILING, CLAIM, OWED, SLOTS, LENDING -> false;
        };
    }

    public String words() {
        return words;
    }
}
