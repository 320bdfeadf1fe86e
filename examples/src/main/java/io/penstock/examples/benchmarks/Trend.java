package io.penstock.examples.benchmarks;

import java.util.List;

/** A straight line through values that were measured at even distances, by least squares. */
record Trend(double first, double last) {

    static Trend of(List<? extends Number> values) {
        int count = values.size();
        double middle = (count - 1) / 2.0;
        double mean = values.stream().mapToDouble(Number::doubleValue).average().orElse(0);
        double products = 0;
        double squares = 0;
        for (int index = 0; index < count; index++) {
            products += (index - middle) * (values.get(index).doubleValue() - mean);
            squares += (index - middle) * (index - middle);
        }
        double slope = squares == 0 ? 0 : products / squares;
        return new Trend(mean - slope * middle, mean + slope * middle);
    }

    /** How much the line changes from its first value to its last. */
    double rise() {
        return last - first;
    }

    /** The same, relative to the first. */
    double change() {
        return first == 0 ? 0 : rise() / first;
    }
}
