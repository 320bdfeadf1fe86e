package io.penstock.dualwrite;

import org.jspecify.annotations.Nullable;

/**
 * A write that is to be made on the other side.
 *
 * @param epoch under which it was begun
 * @param value as JSON, or null to remove what is there
 * @param whole whether it stands for all before it and does not wait for those
 */
record MirrorWrite(
        String key, long sequence, long epoch, @Nullable String value, boolean whole) {

    /** The same, standing for all before it. */
    MirrorWrite asWhole() {
        return new MirrorWrite(key, sequence, epoch, value, true);
    }
}
