package io.penstock.examples;

/** What the exit status of a command means. */
final class ExitCode {

    /** The command ran. */
    static final int OK = 0;
    /** The command ran, and what it checks did not hold; or it failed. */
    static final int FAILED = 1;
    /** The options, the environment or the input are wrong. */
    static final int USAGE = 2;
    /** The database cannot be reached, refuses the login, or has the wrong schema. */
    static final int DATABASE = 3;

    private ExitCode() {}
}
