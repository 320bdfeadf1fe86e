package io.penstock.admin.cli;

import io.penstock.job.Checks;
import io.penstock.job.Limits;
import io.penstock.schedule.ScheduleSnapshot;
import io.penstock.schedule.Schedules;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import javax.sql.DataSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ArrayNode;

/** What can be done with schedules. */
@Command(
        name = "schedules",
        description = "Shows schedules and their next ticks; holds them back, lets them go on, makes their jobs now.",
        subcommands = {
            SchedulesCommand.ListAll.class,
            SchedulesCommand.Show.class,
            SchedulesCommand.Next.class,
            SchedulesCommand.Pause.class,
            SchedulesCommand.Resume.class,
            SchedulesCommand.Run.class
        })
public final class SchedulesCommand implements Runnable {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        throw new CommandLine.ParameterException(
                spec.commandLine(), "expected a command: list, show, next, pause, resume or run");
    }

    private static ScheduleSnapshot existing(DataSource dataSource, String name) {
        return Schedules.on(dataSource)
                .find(name)
                .orElseThrow(() -> Checks.refused("schedule " + Checks.quoted(name), "an existing schedule", "none"));
    }

    private static String state(ScheduleSnapshot schedule) {
        if (schedule.pausedAt() != null) {
            return "paused";
        }
        return schedule.lastError() == null ? "ok" : "failing";
    }

    @Command(name = "list", description = "Every schedule with its next and its last tick. FAILING: show tells why.")
    static final class ListAll extends DatabaseCommand {
        @Override
        int run(DataSource dataSource, Output output) {
            List<ScheduleSnapshot> all = Schedules.on(dataSource).list();
            Moments moments = new Moments(Instant.now());
            Table table = new Table("SCHEDULE", "QUEUE", "TYPE", "NEXT", "LAST", "STATE", "RULE");
            ArrayNode nodes = Output.array();
            for (ScheduleSnapshot schedule : all) {
                nodes.add(ScheduleJson.schedule(schedule));
                table.row(
                        schedule.name(),
                        schedule.queue(),
                        schedule.type(),
                        moments.relative(schedule.nextTick()),
                        moments.relative(schedule.lastTick()),
                        state(schedule),
                        schedule.rule());
            }
            output.document(nodes);
            if (all.isEmpty()) {
                output.line("no schedules");
            } else {
                table.lines().forEach(output::line);
            }
            return ExitCode.OK;
        }
    }

    @Command(name = "show", description = "One schedule.")
    static final class Show extends DatabaseCommand {
        @Parameters(paramLabel = "SCHEDULE")
        private String name = "";

        @Override
        int run(DataSource dataSource, Output output) {
            ScheduleSnapshot schedule = existing(dataSource, name);
            Moments moments = new Moments(Instant.now());
            output.document(ScheduleJson.schedule(schedule));
            output.line("schedule    " + schedule.name() + ", declared by " + schedule.declaredBy() + " "
                    + moments.at(schedule.declaredAt()));
            output.line("rule        " + schedule.rule());
            output.line("makes       " + schedule.type() + " on " + schedule.queue());
            output.line("catches up  " + schedule.catchUp().word());
            output.line("next tick   " + moments.at(schedule.nextTick()));
            output.line("last tick   " + moments.at(schedule.lastTick()));
            output.line("paused      " + (schedule.pausedAt() == null ? "no" : moments.at(schedule.pausedAt())));
            if (schedule.lastError() != null) {
                output.line("failing     since " + moments.at(schedule.failingSince()));
                output.line("            " + Table.cut(Table.oneLine(schedule.lastError()), Table.WIDTH - 12));
            }
            return ExitCode.OK;
        }
    }

    @Command(
            name = "next",
            description = {
                "The next ticks of a schedule, on the clock of its zone (UTC where its rule is a period).",
                "Of a paused one, those that it would have if it were resumed now."
            })
    static final class Next extends DatabaseCommand {
        private static final DateTimeFormatter FORMAT =
                DateTimeFormatter.ofPattern("EEE yyyy-MM-dd HH:mm:ss xxx", Locale.ROOT);

        @Parameters(paramLabel = "SCHEDULE")
        private String name = "";

        @Option(
                names = "-n",
                paramLabel = "COUNT",
                defaultValue = "5",
                description = "How many (default: ${DEFAULT-VALUE}).")
        private int count;

        @Override
        int run(DataSource dataSource, Output output) {
            Checks.within("-n", count, 1, Limits.NEXT_TICKS);
            ScheduleSnapshot schedule = existing(dataSource, name);
            List<Instant> ticks = Schedules.on(dataSource).nextTicks(name, count);
            ZoneId zone = ZoneId.of(schedule.zone() == null ? "UTC" : schedule.zone());
            Moments moments = new Moments(Instant.now());
            output.document(ScheduleJson.ticks(schedule, zone, ticks));
            if (schedule.pausedAt() != null) {
                output.remark("schedule \"" + name + "\" is paused: none of these is made before it is resumed");
            }
            ticks.forEach(tick -> output.line(
                    FORMAT.format(tick.atZone(zone)) + "  " + zone.getId() + "  " + moments.relative(tick)));
            return ExitCode.OK;
        }
    }

    @Command(name = "pause", description = "Makes no ticks until it is resumed; those that pass meanwhile are skipped.")
    static final class Pause extends DatabaseCommand {
        @Parameters(paramLabel = "SCHEDULE")
        private String name = "";

        @Override
        int run(DataSource dataSource, Output output) {
            boolean changed = scheduleOperations(dataSource).pause(name);
            output.document(ScheduleJson.schedule(existing(dataSource, name)));
            output.line("schedule \"" + name + "\": " + (changed ? "paused" : "was paused already"));
            return ExitCode.OK;
        }
    }

    @Command(name = "resume", description = "Lets a paused schedule go on, with the first tick from now on.")
    static final class Resume extends DatabaseCommand {
        @Parameters(paramLabel = "SCHEDULE")
        private String name = "";

        @Override
        int run(DataSource dataSource, Output output) {
            boolean changed = scheduleOperations(dataSource).resume(name);
            output.document(ScheduleJson.schedule(existing(dataSource, name)));
            output.line("schedule \"" + name + "\": " + (changed ? "resumed" : "was not paused"));
            return ExitCode.OK;
        }
    }

    @Command(
            name = "run",
            description = "Enqueues a schedule's job now, once, paused or not; its ticks stay as they are.")
    static final class Run extends DatabaseCommand {
        @Parameters(paramLabel = "SCHEDULE")
        private String name = "";

        @Override
        int run(DataSource dataSource, Output output) {
            UUID job = scheduleOperations(dataSource).runNow(name);
            output.document(Output.object().put("name", name).put("job", job.toString()));
            output.line("schedule \"" + name + "\": job " + job);
            return ExitCode.OK;
        }
    }
}
