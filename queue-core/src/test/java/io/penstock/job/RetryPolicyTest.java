package io.penstock.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.error.RefusedException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RetryPolicyTest {

    private static final long SEED = 20_261_121L;
    private static final int CASES = 5_000;

    private static Duration upTo(Random random, Duration most) {
        return Duration.ofMillis(1 + (long) (random.nextDouble() * random.nextDouble() * (most.toMillis() - 1)));
    }

    private static int attempt(Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> 1 + random.nextInt(5);
            case 1 -> 1 + random.nextInt(Limits.MAX_ATTEMPTS);
            case 2 -> Integer.MAX_VALUE;
            default -> 1 + random.nextInt(Integer.MAX_VALUE - 1);
        };
    }

    @Test
    void anExponentialDelayStaysBetweenBaseAndCap() {
        Random random = new Random(SEED);
        for (int number = 0; number < CASES; number++) {
            Duration cap = upTo(random, Limits.FARTHEST_DELAY);
            Duration base = upTo(random, cap);
            int attempt = attempt(random);
            assertThat(RetryPolicy.exponential(base, cap).delayAfter(attempt, random))
                    .as("case %d: base %s, cap %s, attempt %d", number, base, cap, attempt)
                    .isBetween(base, cap);
        }
    }

    @Test
    void anExponentialDelayIsAtMostThreeTimesTheBasePerAttempt() {
        Random random = new Random(SEED);
        RetryPolicy policy = RetryPolicy.exponential(Duration.ofMillis(10), Limits.FARTHEST_DELAY);
        for (int attempt = 1; attempt <= 20; attempt++) {
            Duration bound = Duration.ofMillis((long) (10 * Math.pow(3, attempt - 1)));
            for (int number = 0; number < 200; number++) {
                assertThat(policy.delayAfter(attempt, random)).isLessThanOrEqualTo(bound);
            }
        }
    }

    @Test
    void aLinearDelayGrowsByItsStepUpToTheCap() {
        Random random = new Random(SEED);
        for (int number = 0; number < CASES; number++) {
            Duration cap = upTo(random, Limits.FARTHEST_DELAY);
            Duration step = upTo(random, cap);
            RetryPolicy policy = RetryPolicy.linear(step, cap);
            int attempt = attempt(random);
            Duration delay = policy.delayAfter(attempt, random);

            assertThat(delay)
                    .as("case %d: step %s, cap %s, attempt %d", number, step, cap, attempt)
                    .isBetween(step, cap);
            if (attempt < Integer.MAX_VALUE) {
                assertThat(policy.delayAfter(attempt + 1, random)).isGreaterThanOrEqualTo(delay);
            }
            assertThat(policy.delayAfter(1, random)).isEqualTo(step);
        }
    }

    @Test
    void aFixedDelayIsAlwaysTheSame() {
        Random random = new Random(SEED);
        RetryPolicy policy = RetryPolicy.fixed(Duration.ofSeconds(7));
        for (int number = 0; number < 100; number++) {
            assertThat(policy.delayAfter(attempt(random), random)).isEqualTo(Duration.ofSeconds(7));
        }
    }

    @Test
    void theSameRandomNumbersGiveTheSameDelays() {
        for (int attempt = 1; attempt <= 20; attempt++) {
            assertThat(RetryPolicy.DEFAULT.delayAfter(attempt, new Random(attempt)))
                    .isEqualTo(RetryPolicy.DEFAULT.delayAfter(attempt, new Random(attempt)));
        }
    }

    @Test
    void theDefaultAttemptsAreSpreadOverAboutFortyMinutes() {
        Random random = new Random(SEED);
        long[] minutes = new long[1_001];
        for (int job = 0; job < minutes.length; job++) {
            Duration total = Duration.ZERO;
            for (int attempt = 1; attempt < Limits.DEFAULT_MAX_ATTEMPTS; attempt++) {
                total = total.plus(RetryPolicy.DEFAULT.delayAfter(attempt, random));
            }
            minutes[job] = total.toMinutes();
        }
        Arrays.sort(minutes);
        assertThat(minutes[minutes.length / 2]).isBetween(30L, 50L);
    }

    @Test
    void badLimitsAreRefused() {
        Duration second = Duration.ofSeconds(1);
        Duration tooLong = Limits.FARTHEST_DELAY.plusNanos(1);
        assertThatThrownBy(() -> RetryPolicy.exponential(Duration.ofSeconds(2), second))
                .isInstanceOf(RefusedException.class)
                .hasMessage("retry base: expected PT0.001S to PT1S, was PT2S");
        assertThatThrownBy(() -> RetryPolicy.exponential(Duration.ZERO, second)).isInstanceOf(RefusedException.class);
        assertThatThrownBy(() -> RetryPolicy.exponential(second, tooLong)).isInstanceOf(RefusedException.class);
        assertThatThrownBy(() -> RetryPolicy.linear(second.negated(), second)).isInstanceOf(RefusedException.class);
        assertThatThrownBy(() -> RetryPolicy.fixed(tooLong)).isInstanceOf(RefusedException.class);
        assertThatThrownBy(() -> RetryPolicy.fixed(second.negated())).isInstanceOf(RefusedException.class);
    }
}
