package io.penstock.admin.cli;

/** What the exit status of a command means. */
public final class ExitCode {

    /** The command ran. */
    public static final int OK = 0;
    /** The command ran, and what it checks did not hold; or it failed. */
    public static final int FAILED = 1;
    /** The options, the environment or the input are wrong. */
    public static final int USAGE = 2;
    /** The database cannot be reached, refuses the login, or has the wrong schema. */
    public static final int DATABASE = 3;

    /** A worker ended itself: the virtual machine is out of memory or broken. */
    public static final int VIRTUAL_MACHINE = 4;
    /** A worker ended itself: handlers that never return hold a thread for each slot, or no file can be opened any more. */
    public static final int STUCK = 5;

    private ExitCode() {}
}
