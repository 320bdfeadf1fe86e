package io.penstock.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RunTimesTest {

    private static Duration seconds(double seconds) {
        return Duration.ofNanos((long) (seconds * 1e9));
    }

    @Test
    void beforeAnythingHasEndedWhatIsDeclaredIsExpected() {
        assertThat(new RunTimes(Double.POSITIVE_INFINITY).longest()).isInfinite();
        RunTimes declared = new RunTimes(2);
        assertThat(declared.longest()).isEqualTo(2);
        declared.add("any", seconds(0.1));
        assertThat(declared.longest()).isEqualTo(0.1);
    }

    @Test
    void oneOfTwentyRunsLonger() {
        RunTimes runTimes = new RunTimes(Double.POSITIVE_INFINITY);
        Random random = new Random(5);
        for (int run = 0; run < 20_000; run++) {
            runTimes.add("any", seconds(-Math.log(1 - random.nextDouble())));
        }
        assertThat(runTimes.longest()).isCloseTo(-Math.log(0.05), within(0.8));
    }

    @Test
    void itFollowsRunsThatBecomeLonger() {
        RunTimes runTimes = new RunTimes(Double.POSITIVE_INFINITY);
        for (int run = 0; run < 100; run++) {
            runTimes.add("any", seconds(0.1));
        }
        int until = 0;
        while (runTimes.longest() < 5 && until < 1_000) {
            runTimes.add("any", seconds(10));
            until++;
        }
        assertThat(until).isLessThan(60);
    }

    @Test
    void theTypeThatRunsLongestCountsUntilItIsNotSeenAnyMore() {
        RunTimes runTimes = new RunTimes(Double.POSITIVE_INFINITY);
        runTimes.add("nightly", seconds(600));
        runTimes.add("quick", seconds(0.01));
        assertThat(runTimes.longest()).isEqualTo(600);
        for (int run = 0; run < 1_000; run++) {
            runTimes.add("quick", seconds(0.01));
        }
        assertThat(runTimes.longest()).isLessThan(0.02);
    }
}
