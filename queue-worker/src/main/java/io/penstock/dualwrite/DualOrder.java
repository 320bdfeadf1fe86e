package io.penstock.dualwrite;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;

/** The order of keys as PostgreSQL has it with the collation "C": by their bytes in UTF-8. */
final class DualOrder {

    static final Comparator<String> BYTES = (one, other) ->
            Arrays.compareUnsigned(one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));

    private DualOrder() {}
}
