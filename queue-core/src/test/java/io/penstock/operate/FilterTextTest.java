package io.penstock.operate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.error.RefusedException;
import io.penstock.job.JobFilter;
import io.penstock.job.JobState;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FilterTextTest {

    @Test
    void everyConditionIsRead() {
        assertThat(FilterText.parse(
                        "queue=mail, type=a.b|c,STATE = discarded | available ,key=acme corp,idempotency=i-1,"
                                + "tag=x,tag=\"y, \\\"z\\\"\",error~time out,fingerprint=0a1b2c3d4e5f,age>1h,age<2d"))
                .isEqualTo(new JobFilter(
                        "mail",
                        Set.of("a.b", "c"),
                        Set.of(JobState.DISCARDED, JobState.AVAILABLE),
                        "acme corp",
                        "i-1",
                        List.of("x", "y, \"z\""),
                        "time out",
                        "0a1b2c3d4e5f",
                        Duration.ofHours(1),
                        Duration.ofDays(2)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', textBlock = """
                    '';                    filter: at character 1: expected one of queue, type, state, key, idempotency, tag, error, fingerprint, age, was the end
                    typ=a;                 filter: at character 1: expected one of queue, type, state, key, idempotency, tag, error, fingerprint, age, was "typ=a"
                    type a;                filter: at character 6: expected =, was "a"
                    error=a;               filter: at character 6: expected ~, was "=a"
                    type=;                 filter: at character 6: expected a value, was the end
                    type=a,;               filter: at character 8: expected one of queue, type, state, key, idempotency, tag, error, fingerprint, age, was the end
                    type=a||b;             filter: at character 8: expected a value, was "|b"
                    state=gone;            filter: at character 7: expected one of scheduled, retryable, snoozed, parked, available, running, completed, discarded, cancelled, was "gone"
                    age=1h;                filter: at character 4: expected > or <, was "=1h"
                    age>soon;              filter: at character 5: expected an age such as 90s, 30m, 12h or 7d, was "soon"
                    age>1h x;              filter: at character 8: expected a comma or the end, was "x"
                    key=a,key=b;           filter: at character 7: expected each condition but tag, type and state once, was "key=b"
                    """)
    void whatMakesNoSenseIsToldWithItsPlace(String text, String message) {
        assertThatThrownBy(() -> FilterText.parse(text))
                .isInstanceOf(RefusedException.class)
                .hasMessage(message);
    }

    @Test
    void aQuoteThatIsNotClosedIsTold() {
        assertThatThrownBy(() -> FilterText.parse("key=\"a"))
                .hasMessage("filter: at character 5: expected a closing \", was none");
    }

    @Test
    void anyTextIsReadOrRefusedAndNothingElse() {
        String[] pieces = {
            "type",
            "state",
            "age",
            "error",
            "tag",
            "=",
            "~",
            ">",
            "<",
            ",",
            "|",
            "\"",
            "\\",
            " ",
            "1h",
            "9999999d",
            "x",
            "discarded",
            "\u0000",
            "é",
            "queue="
        };
        Random random = new Random(7);
        int read = 0;
        for (int round = 0; round < 50_000; round++) {
            StringBuilder text = new StringBuilder();
            for (int length = 1 + random.nextInt(7); length > 0; length--) {
                text.append(pieces[random.nextInt(pieces.length)]);
            }
            try {
                FilterText.parse(text.toString());
                read++;
            } catch (RefusedException refused) {
                assertThat(refused.getMessage()).startsWith("filter: ");
            }
        }
        assertThat(read).isGreaterThan(100);
    }
}
