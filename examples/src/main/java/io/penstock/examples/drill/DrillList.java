package io.penstock.examples.drill;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Names the drills. */
@Command(name = "list", description = "Lists the drills, with what each replays.")
final class DrillList implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        spec.parent().subcommands().forEach((name, drill) -> {
            if (drill.getCommandSpec() != spec) {
                spec.commandLine().getOut().printf("%-20s %s%n", name, about(drill));
            }
        });
        spec.commandLine().getOut().flush();
        return 0;
    }

    private static String about(CommandLine drill) {
        return String.join(" ", drill.getCommandSpec().usageMessage().description());
    }
}
