package io.penstock.objective;

/** What the time of a late job went to. */
public enum LateCause {
    /** No slot was free for it, or no worker was there. */
    SLOT("slot", "waited for a slot"),
    /** Its queue or its concurrency key had as many running, or started, as it may. */
    LIMIT("limit", "waited for a limit"),
    /** Nothing was in its way: it had to be found and claimed. */
    DATABASE("database", "waited for the database"),
    /** Earlier attempts of it, and the time between them. */
    RETRY("retry", "were retried"),
    PAUSED("paused", "were paused"),
    /** Its last attempt. */
    RAN("ran", "ran");

    private final String word;
    private final String words;

    LateCause(String word, String words) {
        this.word = word;
        this.words = words;
    }

    /** As it is stored. */
    public String word() {
        return word;
    }

    /** As it is told. */
    public String words() {
        return words;
    }

    /** @throws IllegalArgumentException if it is none of them */
    public static LateCause of(String word) {
        for (LateCause cause : values()) {
            if (cause.word.equals(word)) {
                return cause;
            }
        }
        throw new IllegalArgumentException("cause of lateness: expected a known one, was \"" + word + "\"");
    }
}
