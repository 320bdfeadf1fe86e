package io.penstock.objective;

/** Whether somebody is to be woken, or to look at it in the morning. */
public enum Severity {
    PAGE,
    TICKET
}
