package io.penstock.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.error.RefusedException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RateLimitTest {

    @ParameterizedTest
    @ValueSource(strings = {"100/s", "5/10m", "1/h", "7/24h", "3/1500ms", "1/ms", "20/15s"})
    void aTextIsReadAsItIsWritten(String text) {
        assertThat(RateLimit.of(text)).hasToString(text);
    }

    @Test
    void unitsAreCountedTogether() {
        assertThat(RateLimit.of("60/60s")).isEqualTo(RateLimit.perMinute(60));
        assertThat(RateLimit.of("5/1d")).isEqualTo(new RateLimit(5, Duration.ofHours(24)));
        assertThat(RateLimit.perSecond(3)).hasToString("3/s");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "100",
                "/s",
                "0/s",
                "-1/s",
                "1/0s",
                "1/2d",
                "1000001/h",
                "100 / s",
                "1e3/s",
                "9/w",
                "1/99999999d",
                "2000/ms"
            })
    void whatIsNoRateIsRefused(String text) {
        assertThatThrownBy(() -> RateLimit.of(text))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("rate");
    }
}
