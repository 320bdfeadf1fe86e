package io.penstock.admin.cli;

import io.penstock.job.Checks;
import io.penstock.job.ConcurrencyBudget;
import io.penstock.job.Lending;
import io.penstock.job.QueueStatus;
import io.penstock.job.RateLimit;
import io.penstock.operate.QueueOperations;
import java.time.Duration;
import java.util.Objects;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Changes a queue's concurrency budget, its limit per key, its rates and its ageing. */
@Command(
        name = "budget",
        description = {
            "Changes a queue's concurrency budget, its limit per key and its rates while workers run; what is not given stays.",
            "Workers have their new shares within two seconds. It outlives restarts, until a service declares another."
        })
final class QueueBudgetCommand extends DatabaseCommand {
    @Parameters(paramLabel = "QUEUE")
    private String queue = "";

    @Option(names = "--guarantee", description = "Slots of its own, over all workers.")
    private @Nullable Integer guarantee;

    @Option(names = "--limit", description = "Slots at most, over all workers.")
    private @Nullable Integer limit;

    @Option(names = "--weight", description = "Its share of what nobody is guaranteed.")
    private @Nullable Integer weight;

    @Option(
            names = "--strict",
            arity = "1",
            paramLabel = "true|false",
            description = "Whether the limit holds at every moment, whatever happens to workers.")
    private @Nullable Boolean strict;

    @Option(names = "--headroom", description = "Slots of the guarantee that may be had on headroom.")
    private @Nullable Integer headroom;

    @Option(names = "--hold", description = "Slots of the guarantee that are never lent.")
    private @Nullable Integer hold;

    @Option(names = "--long-loans", description = "Slots of the guarantee that are lent for however long.")
    private @Nullable Integer longLoans;

    @Option(
            names = "--horizon",
            paramLabel = "MILLISECONDS",
            description = "How long other loans may be expected to run, where headroom does not cover them.")
    private @Nullable Integer horizon;

    @Option(
            names = "--per-key",
            description = "Jobs of one concurrency key at most, over all workers; 0 lifts the limit.")
    private @Nullable Integer perKey;

    @Option(
            names = "--rate",
            paramLabel = "JOBS/TIME|none",
            description = "Starts at most, over all workers, as in 100/s or 5/10m.")
    private @Nullable String rate;

    @Option(
            names = "--key-rate",
            paramLabel = "JOBS/TIME|none",
            description = "Starts of one concurrency key at most, over all workers.")
    private @Nullable String keyRate;

    @Option(
            names = "--ageing",
            paramLabel = "MILLISECONDS",
            description =
                    "After which a waiting job moves up from the lowest level; twice, thrice for the next; 0 for never.")
    private @Nullable Integer ageing;

    @Option(
            names = "--heavy",
            arity = "1",
            paramLabel = "true|false",
            description =
                    "Whether it gives way while an alert is open that wakes somebody for a queue that is not heavy.")
    private @Nullable Boolean heavy;

    @Override
    int run(DataSource dataSource, Output output) {
        boolean ofBudget = Stream.of(guarantee, limit, weight, strict, headroom, hold, longLoans, horizon)
                .anyMatch(Objects::nonNull);
        boolean ofThrottles = Stream.of(perKey, rate, keyRate, ageing, heavy).anyMatch(Objects::nonNull);
        if (!ofBudget && !ofThrottles) {
            throw Checks.refused(
                    "queues budget",
                    "--guarantee, --limit, --weight, --strict, --headroom, --hold, --long-loans, --horizon, --per-key, --rate,"
                            + " --key-rate, --ageing or --heavy",
                    "none of them");
        }
        QueueOperations queues = queues(dataSource);
        if (ofThrottles) {
            queues.changeThrottles(
                    queue,
                    old -> old.perKey(Objects.requireNonNullElse(perKey, old.perKey()))
                            .rate(rate(rate, old.rate()))
                            .keyRate(rate(keyRate, old.keyRate()))
                            .ageing(ageing(old.ageing()))
                            .heavy(Objects.requireNonNullElse(heavy, old.heavy())));
        }
        if (ofBudget) {
            queues.changeBudget(
                    queue,
                    old -> new ConcurrencyBudget(
                            Objects.requireNonNullElse(guarantee, old.guarantee()),
                            Objects.requireNonNullElse(limit, old.limit()),
                            Objects.requireNonNullElse(weight, old.weight()),
                            Objects.requireNonNullElse(strict, old.strict()),
                            lending(old.lending())));
        }
        QueueStatus status = QueuesCommand.existing(queues, queue);
        output.document(QueueJson.status(status));
        output.line("queue \"" + queue + "\": " + QueuesCommand.words(status.definition()));
        return ExitCode.OK;
    }

    private static @Nullable RateLimit rate(@Nullable String text, @Nullable RateLimit old) {
        if (text == null) {
            return old;
        }
        return text.equals("none") ? null : RateLimit.of(text);
    }

    private @Nullable Duration ageing(@Nullable Duration old) {
        if (ageing == null) {
            return old;
        }
        return ageing == 0 ? null : Duration.ofMillis(ageing);
    }

    private Lending lending(Lending old) {
        return new Lending(
                Objects.requireNonNullElse(headroom, old.headroom()),
                Objects.requireNonNullElse(hold, old.hold()),
                Objects.requireNonNullElse(longLoans, old.longLoans()),
                horizon == null ? old.horizon() : Duration.ofMillis(horizon));
    }
}
