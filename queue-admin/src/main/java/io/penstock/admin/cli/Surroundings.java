package io.penstock.admin.cli;

import java.io.BufferedReader;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/** What a command finds around it. The root command is one. */
public interface Surroundings {

    Map<String, String> environment();

    /** Whether the stack of an error is wanted. */
    boolean verbose();

    /** Whether the process was told to end: what breaks because of it is nobody's concern. */
    boolean ending();

    /** The person at the terminal, or null where there is none to be asked. */
    @Nullable
    BufferedReader person();

    /** Those of the command. */
    static Surroundings of(CommandSpec command) {
        if (command.root().userObject() instanceof Surroundings surroundings) {
            return surroundings;
        }
        throw new IllegalStateException(
                "root command: expected its surroundings, was " + command.root().userObject());
    }
}
