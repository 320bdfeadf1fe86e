package io.penstock.examples.drill;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The drills, one sub-command each. */
@Command(
        name = "drill",
        description = {
            "Replays an incident twice: a naive set-up has the outage, Penstock has not. Exit status 1 if a measure does not hold.",
            "Starts a PostgreSQL of its own unless PENSTOCK_DATABASE_URL is set; there it makes databases named",
            "penstock_drill_... and drops them."
        },
        subcommands = {RunbookStarvation.class, DualWriteDrill.class, DrillList.class})
public final class Drill implements Runnable {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        throw new CommandLine.ParameterException(
                spec.commandLine(),
                "expected a drill: " + String.join(", ", spec.subcommands().keySet()));
    }
}
