package io.penstock.process;

/** Why a process ends by itself. */
public enum Fatal {
    /** Out of memory, or another error of the virtual machine: nothing it does from now on is to be trusted. It ends at once. */
    VIRTUAL_MACHINE,
    /** No file and no connection can be opened any more: handlers fail one after another. What runs is let end first. */
    EXHAUSTED,
    /** Handlers that never return hold a thread for each slot. What else runs is let end first. */
    STUCK
}
