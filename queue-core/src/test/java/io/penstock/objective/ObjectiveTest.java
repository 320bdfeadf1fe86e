package io.penstock.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.error.RefusedException;
import java.time.Duration;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class ObjectiveTest {

    @Test
    void anObjectiveSaysWhatItPromises() {
        assertThat(LatencyObjective.of("mail", Duration.ofSeconds(5), 0.99).promise())
                .isEqualTo("done within 5 s");
        assertThat(WaitObjective.of("mail", Duration.ofMillis(250), 0.99).promise())
                .isEqualTo("begun within 250 ms");
        assertThat(SuccessObjective.of("mail", 0.99).promise()).isEqualTo("completed");
        assertThat(DepthGrowthObjective.of("mail", 60, 0.99).promise()).isEqualTo("grows by at most 60 a minute");
        assertThat(FreshnessObjective.of("ops", "backup", Duration.ofHours(26), "bytes")
                        .atLeast(1_000)
                        .promise())
                .isEqualTo("bytes of at least 1000 every 26 h");
        assertThat(LatencyObjective.of("mail", Duration.ofSeconds(5), 0.99)
                        .ofType("welcome")
                        .subject())
                .isEqualTo("mail/welcome");
    }

    @Test
    void whatCannotBePromisedIsRefused() {
        assertThatThrownBy(() -> LatencyObjective.of("mail", Duration.ofSeconds(5), 1))
                .isInstanceOf(RefusedException.class)
                .hasMessage("latency objective of queue \"mail\" target: expected 0.5 to 0.99999, was 1.0");
        assertThatThrownBy(() -> LatencyObjective.of("mail", Duration.ofSeconds(5), Double.NaN))
                .isInstanceOf(RefusedException.class);
        assertThatThrownBy(() -> LatencyObjective.of("mail", Duration.ZERO, 0.99))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("latency objective of queue \"mail\"");
        assertThatThrownBy(() -> LatencyObjective.of("Mail", Duration.ofSeconds(5), 0.99))
                .isInstanceOf(RefusedException.class);
        assertThatThrownBy(() -> SuccessObjective.of("mail", 0.99).over(91)).isInstanceOf(RefusedException.class);
        assertThatThrownBy(() -> SuccessObjective.of("mail", 0.99).ofType("no type"))
                .isInstanceOf(RefusedException.class);
        assertThatThrownBy(() -> FreshnessObjective.of("ops", "backup", Duration.ofHours(26), ""))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("evidence");
        assertThatThrownBy(() -> DepthGrowthObjective.of("mail", -1, 0.99)).isInstanceOf(RefusedException.class);
    }

    @Test
    void spansHaveTwoDigitsOrSo() {
        assertThat(DoubleStream.of(
                                0,
                                0.25,
                                0.9996,
                                5,
                                9.96,
                                12.4,
                                99,
                                100,
                                5_400,
                                93_600,
                                900_000,
                                Double.POSITIVE_INFINITY)
                        .mapToObj(Spans::words))
                .containsExactly(
                        "0 ms", "250 ms", "1 s", "5 s", "10 s", "12 s", "99 s", "1.7 min", "90 min", "26 h", "10 d",
                        "never");
    }
}
