package io.penstock.admin.cli;

import io.penstock.operate.Blocker;
import io.penstock.operate.BlockerOperations;
import java.io.IOException;
import javax.sql.DataSource;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Ends exactly one thing that others wait for. */
@Command(
        name = "fix",
        description = {
            "Ends one blocker of those that penstock doctor blockers shows, and nothing else: its session is terminated,",
            "or its prepared transaction rolled back. It is written to the audit."
        })
public final class FixCommand extends DatabaseCommand {

    @Parameters(paramLabel = "ID", description = "As penstock doctor blockers shows it.")
    private String id = "";

    @Option(names = "--dry-run", description = "Only says what would be ended, and who would go on.")
    private boolean dryRun;

    @Option(names = "--yes", description = "Do not ask before.")
    private boolean yes;

    @Override
    int run(DataSource dataSource, Output output) throws IOException {
        BlockerOperations blockers = blockers(dataSource);
        Blocker blocker = blockers.end(id, false);
        String what = blocker.waiting().size() + " wait for " + blocker.holder();
        if (!dryRun && !yes && !output.confirmed(BlockersCommand.cut("end it? " + what))) {
            output.line("nothing was ended");
            return ExitCode.FAILED;
        }
        if (!dryRun) {
            blockers.end(id, true);
        }
        output.document(Output.object()
                .put("id", blocker.id())
                .put("holder", blocker.holder())
                .put("waiting", blocker.waiting().size())
                .put("ended", !dryRun));
        output.line(BlockersCommand.cut((dryRun ? "would be ended: " : "ended: ") + what));
        output.line("they can go on then; no other session is touched");
        return ExitCode.OK;
    }
}
