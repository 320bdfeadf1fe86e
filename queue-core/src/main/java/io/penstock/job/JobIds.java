package io.penstock.job;

import java.security.SecureRandom;
import java.util.UUID;

/** Makes UUIDv7 ids (RFC 9562, section 5.7): 48 bits of Unix milliseconds, then version, variant and 74 random bits. */
final class JobIds {

    private static final SecureRandom RANDOM = new SecureRandom();

    private JobIds() {}

    static UUID next() {
        long high = (System.currentTimeMillis() << 16) | 0x7000L | RANDOM.nextInt(1 << 12);
        long low = (RANDOM.nextLong() & 0x3fff_ffff_ffff_ffffL) | 0x8000_0000_0000_0000L;
        return new UUID(high, low);
    }
}
