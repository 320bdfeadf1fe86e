package io.penstock.examples.benchmarks;

import java.util.Map;

/** What the sides of a comparison came to, by name. */
record Measured(Map<String, Spread> spreads) {

    Spread of(String side) {
        Spread spread = spreads.get(side);
        if (spread == null) {
            throw new IllegalStateException("side \"" + side + "\" was not measured");
        }
        return spread;
    }

    /** The median of one side over that of another. */
    double ratio(String side, String over) {
        return of(side).median() / of(over).median();
    }
}
