package io.penstock.objective;

/** Whether somebody is to be woken, or to look at it in the morning. */
public enum Severity {
    PAGE("page"),
    TICKET("ticket");

    private final String word;

    Severity(String word) {
        this.word = word;
    }

    public String word() {
        return word;
    }
}
