package io.penstock.migrate;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;

/** The numbered files under {@code io/penstock/migrations}, which also serve as a location for Flyway. */
final class Migrations {

    record Migration(int version, String file, String sql) {}

    private static final List<String> FILES = List.of(
            "V001__roles.sql",
            "V002__rooms.sql",
            "V003__queues_and_days.sql",
            "V004__enqueue.sql",
            "V005__retention.sql",
            "V006__job_events.sql",
            "V007__schedules.sql",
            "V008__operate.sql",
            "V009__unique_jobs.sql",
            "V010__batches.sql",
            "V011__fleet.sql",
            "V012__grants.sql",
            "V013__rates.sql",
            "V014__keys.sql",
            "V015__pauses.sql",
            "V016__ageing.sql",
            "V017__snoozes.sql",
            "V018__objectives.sql",
            "V019__alerts.sql",
            "V020__overload.sql",
            "V021__dual_writes.sql",
            "V022__promised_epochs.sql");

    private static final List<Migration> ALL = IntStream.range(0, FILES.size())
            .mapToObj(index -> new Migration(index + 1, FILES.get(index), read(FILES.get(index))))
            .toList();

    private Migrations() {}

    static List<Migration> all() {
        return ALL;
    }

    private static String read(String file) {
        try (InputStream stream = Migrations.class.getResourceAsStream("/io/penstock/migrations/" + file)) {
            if (stream == null) {
                throw new IllegalStateException("migration " + file + ": expected in the jar, was absent");
            }
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
