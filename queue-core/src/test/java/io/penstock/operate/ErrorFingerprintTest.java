package io.penstock.operate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ErrorFingerprintTest {

    private static final String FRAMES = """
            \tat java.base/java.util.Objects.requireNonNull(Objects.java:233)
            \tat app//com.acme.mail.Mailer.send(Mailer.java:%d)
            \tat com.acme.Main.main(Main.java:3)
            """;

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    user 17 not found                     | user 98123 not found
                    took 1.5 s at 10:22:31.5              | took 30 s at 9:01
                    no such key 'abc'                     | no such key 'something else'
                    no such key "abc"                     | no such key ""
                    job 01a20ef7-5f5c-7dde-9316-0a3b8ddc52f8 gone | job 01A20EF7-0000-7dde-9316-0a3b8ddc52f8 gone
                    com.acme.Job@1b2c3d4 failed           | com.acme.Job@7fffffff failed
                    checksum deadbeef01                   | checksum 0123456789abcdef
                    pointer 0x7fff                        | pointer 0xA
                    cannot mail ada@example.org           | cannot mail b.c+d@mail.example.com
                    two   spaces                          | two spaces
                    """)
    void whatDiffersFromJobToJobIsNoOtherError(String one, String other) {
        assertThat(ErrorFingerprint.of("E", one, null)).isEqualTo(ErrorFingerprint.of("E", other, null));
    }

    @ParameterizedTest
    @CsvSource({
        "user not found, order not found",
        "connection refused, connection reset",
        "facade is decade, facade is cafe",
        "timeout reading, timeout writing"
    })
    void anotherMessageIsAnotherError(String one, String other) {
        assertThat(ErrorFingerprint.of("E", one, null)).isNotEqualTo(ErrorFingerprint.of("E", other, null));
    }

    @Test
    void theFirstFrameOfTheServicesOwnCountsAndItsLineDoesNot() {
        assertThat(ErrorFingerprint.ownFrame(FRAMES.formatted(12))).isEqualTo("com.acme.mail.Mailer.send");
        assertThat(ErrorFingerprint.of("E", "m", FRAMES.formatted(12)))
                .isEqualTo(ErrorFingerprint.of("E", "m", FRAMES.formatted(99)))
                .isNotEqualTo(ErrorFingerprint.of("E", "m", "\tat com.acme.Other.send(Other.java:1)"))
                .isNotEqualTo(ErrorFingerprint.of("F", "m", FRAMES.formatted(12)));
    }

    @Test
    void anyTextHasAFingerprintOfTwelveDigitsThatNumbersInItDoNotChange() {
        Random random = new Random(1);
        for (int round = 0; round < 2_000; round++) {
            StringBuilder text = new StringBuilder();
            for (int length = random.nextInt(80); length > 0; length--) {
                text.append((char) (random.nextBoolean() ? random.nextInt(128) : random.nextInt(0xd800)));
            }
            String message = text + " ";
            assertThat(ErrorFingerprint.of("E", message + random.nextInt(1 << 30), null))
                    .matches("[0-9a-f]{12}")
                    .isEqualTo(ErrorFingerprint.of("E", message + random.nextInt(1 << 30), null));
            assertThat(ErrorFingerprint.of("E", "id " + new UUID(random.nextLong(), random.nextLong()), null))
                    .isEqualTo(ErrorFingerprint.of("E", "id " + UUID.randomUUID(), null));
        }
    }
}
