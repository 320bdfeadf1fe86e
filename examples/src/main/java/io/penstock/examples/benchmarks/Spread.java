package io.penstock.examples.benchmarks;

import java.util.List;

/** The middle of what was measured several times, and how far it spreads. */
record Spread(double median, double min, double max, List<Double> samples) {

    static Spread of(List<Double> samples) {
        if (samples.isEmpty()) {
            throw new IllegalArgumentException("spread: expected at least one sample, was none");
        }
        List<Double> sorted = samples.stream().sorted().toList();
        int middle = sorted.size() / 2;
        double median = sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
        return new Spread(median, sorted.get(0), sorted.get(sorted.size() - 1), List.copyOf(samples));
    }
}
