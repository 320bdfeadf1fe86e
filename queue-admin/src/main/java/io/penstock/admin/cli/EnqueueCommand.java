package io.penstock.admin.cli;

import io.penstock.error.RefusedException;
import io.penstock.job.Enqueued;
import io.penstock.job.Priority;
import io.penstock.operate.RawJob;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/** Enqueues one job. */
@Command(name = "enqueue", description = "Enqueues one job. Needs no more than penstock_enqueuer.")
public final class EnqueueCommand extends DatabaseCommand {

    @Parameters(index = "0", paramLabel = "QUEUE")
    private String queue = "";

    @Parameters(index = "1", paramLabel = "TYPE")
    private String type = "";

    @Parameters(
            index = "2",
            paramLabel = "PAYLOAD",
            defaultValue = "{}",
            description = "JSON, or @FILE to read it from one (default: ${DEFAULT-VALUE}).")
    private String payload = "{}";

    @Option(
            names = "--run-at",
            paramLabel = "TIME",
            converter = Moment.class,
            description = "Not before, such as 2026-12-01T08:00:00Z.")
    private @Nullable Instant runAt;

    @Option(names = "--priority", description = "${COMPLETION-CANDIDATES} (default: normal).")
    private @Nullable Priority priority;

    @Option(names = "--max-attempts", description = "How many attempts in all (default: 20).")
    private @Nullable Integer maxAttempts;

    @Option(names = "--key", description = "The concurrency key.")
    private @Nullable String key;

    @Option(names = "--idempotency-key", description = "A second job of the queue with the same key is not made.")
    private @Nullable String idempotencyKey;

    @Option(names = "--tag", description = "May be given again.")
    private List<String> tags = List.of();

    @Option(names = "--metadata", paramLabel = "NAME=VALUE", description = "May be given again.")
    private Map<String, String> metadata = Map.of();

    @Override
    int run(DataSource dataSource, Output output) {
        Enqueued enqueued = jobs(dataSource)
                .enqueue(new RawJob(
                        queue, type, text(payload), runAt, priority, maxAttempts, key, idempotencyKey, tags, metadata));
        output.document(Output.object()
                .put("id", enqueued.id().toString())
                .put("created", enqueued.created())
                .put("eligible_at", enqueued.eligibleAt().toString()));
        output.line("job " + enqueued.id()
                + (enqueued.created() ? ": enqueued" : ": is there already under this idempotency key"));
        return ExitCode.OK;
    }

    /** What was given, or what stands in the file that it names. */
    static String text(String given) {
        if (!given.startsWith("@")) {
            return given;
        }
        Path file = Path.of(given.substring(1));
        try {
            return Files.readString(file, StandardCharsets.UTF_8);
        } catch (IOException failure) {
            throw new RefusedException("payload file: expected text in UTF-8, was not to be read: " + failure, failure);
        }
    }

    /** Reads a moment. */
    static final class Moment implements ITypeConverter<Instant> {
        @Override
        public Instant convert(String text) {
            try {
                return Instant.parse(text);
            } catch (DateTimeParseException failure) {
                throw new TypeConversionException(
                        "expected a moment such as 2026-12-01T08:00:00Z, was \"" + text + "\"");
            }
        }
    }
}
