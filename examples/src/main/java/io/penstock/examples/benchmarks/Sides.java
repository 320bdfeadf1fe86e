package io.penstock.examples.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Sides that are compared: measured in turn, A B A B, so that what changes on the machine meanwhile meets all of them. */
final class Sides {

    /** One measurement of one side. */
    @FunctionalInterface
    interface Side {
        double measure(int round) throws Exception;
    }

    private final Map<String, Side> sides = new LinkedHashMap<>();

    Sides add(String name, Side side) {
        sides.put(name, side);
        return this;
    }

    Measured measure(int rounds) throws Exception {
        Map<String, List<Double>> samples = new LinkedHashMap<>();
        for (int round = 1; round <= rounds; round++) {
            for (Map.Entry<String, Side> side : sides.entrySet()) {
                samples.computeIfAbsent(side.getKey(), name -> new ArrayList<>())
                        .add(side.getValue().measure(round));
            }
        }
        Map<String, Spread> spreads = new LinkedHashMap<>();
        samples.forEach((name, measured) -> spreads.put(name, Spread.of(measured)));
        return new Measured(spreads);
    }
}
