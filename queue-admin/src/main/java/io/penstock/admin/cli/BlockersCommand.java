package io.penstock.admin.cli;

import io.penstock.operate.Blocker;
import java.util.List;
import javax.sql.DataSource;
import picocli.CommandLine.Command;
import tools.jackson.databind.node.ArrayNode;

/** Who blocks whom. */
@Command(
        name = "blockers",
        description = {
            "Who keeps other sessions waiting for a lock, since when and with what, and who waits behind whom.",
            "Exit status 1 if there is one."
        })
final class BlockersCommand extends DatabaseCommand {

    private static final int WIDTH = 110;

    @Override
    int run(DataSource dataSource, Output output) {
        List<Blocker> blockers = blockers(dataSource).list();
        ArrayNode nodes = Output.array();
        for (Blocker blocker : blockers) {
            ArrayNode waiting = nodes.addObject()
                    .put("id", blocker.id())
                    .put("holder", blocker.holder())
                    .put("advice", blocker.advice())
                    .putArray("waiting");
            output.line(cut(blocker.id() + "  " + blocker.holder()));
            output.line("  keeps " + blocker.waiting().size() + " waiting:");
            blocker.waiting().forEach(one -> {
                waiting.addObject().put("depth", one.depth()).put("session", one.session());
                output.line(cut("  " + "  ".repeat(one.depth()) + one.session()));
            });
            output.line("  " + blocker.advice());
        }
        output.document(nodes);
        if (blockers.isEmpty()) {
            output.line("nobody waits for a lock");
        }
        return blockers.isEmpty() ? ExitCode.OK : ExitCode.FAILED;
    }

    static String cut(String line) {
        return line.length() <= WIDTH ? line : line.substring(0, WIDTH - 1) + "…";
    }
}
