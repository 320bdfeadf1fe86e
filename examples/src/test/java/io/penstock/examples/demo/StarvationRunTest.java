package io.penstock.examples.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.examples.demo.StarvationRun.Told;
import io.penstock.examples.setup.TemporaryDatabase;
import io.penstock.testkit.DatabaseServer;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The drill's two runs, short: how soon somebody is told is for the drill to say. */
class StarvationRunTest {

    private final Screen nowhere =
            new Screen(new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8), false);

    @Test
    void bothSetUpsAreMeasured() throws Exception {
        try (DatabaseServer server = TemporaryDatabase.server(false)) {
            Told ours = StarvationRun.penstock(server, 1, Duration.ofSeconds(8), nowhere);
            assertThat(ours.attainment()).isBetween(0.0, 1.0);
            Told naive = StarvationRun.naive(server, 1, Duration.ofSeconds(8), nowhere);
            assertThat(naive.attainment()).isBetween(0.0, 1.0);
            assertThat(naive.firstLateAfter()).isGreaterThan(5);
        }
    }
}
