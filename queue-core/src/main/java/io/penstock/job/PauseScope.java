package io.penstock.job;

/**
 * What of a queue is paused: all of it, or its jobs of one type or of one concurrency key.
 *
 * @param name of the type or the key; empty for the whole queue
 */
public record PauseScope(Kind kind, String name) {

    /** What a pause is of. */
    public enum Kind {
        QUEUE,
        TYPE,
        KEY
    }

    private static final String WHOLE = "queue";
    private static final String OF_TYPE = "type ";
    private static final String OF_KEY = "key ";

    public PauseScope {
        Checks.present("kind of pause", kind);
        if (kind == Kind.QUEUE) {
            Checks.ofLength("name of what is paused", name, 0, 0);
        } else {
            Checks.ofLength("name of what is paused", name, 1, Limits.KEY_CHARACTERS);
        }
    }

    public static PauseScope queue() {
        return new PauseScope(Kind.QUEUE, "");
    }

    public static PauseScope type(String type) {
        return new PauseScope(Kind.TYPE, type);
    }

    public static PauseScope key(String concurrencyKey) {
        return new PauseScope(Kind.KEY, concurrencyKey);
    }

    /** The scope that is stored as this text. */
    public static PauseScope ofSubject(String subject) {
        if (subject.startsWith(OF_TYPE)) {
            return type(subject.substring(OF_TYPE.length()));
        } else if (subject.startsWith(OF_KEY)) {
            return key(subject.substring(OF_KEY.length()));
        }
        return queue();
    }

    /** The text that is stored. */
    public String subject() {
        return switch (kind) {
            case QUEUE -> WHOLE;
            case TYPE -> OF_TYPE + name;
            case KEY -> OF_KEY + name;
        };
    }

    /** In words. */
    @Override
    public String toString() {
        return switch (kind) {
            case QUEUE -> "the queue";
            case TYPE -> "type " + Checks.quoted(name);
            case KEY -> "key " + Checks.quoted(name);
        };
    }
}
