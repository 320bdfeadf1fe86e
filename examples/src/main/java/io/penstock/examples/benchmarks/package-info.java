/**
 * Measures what Penstock does against what it could do on the same machine, in one run: {@link io.penstock.examples.benchmarks.Bench}
 * and its commands. Sides that are compared run in turn, A B A B, and each figure is a median with its minimum and maximum.
 */
@NullMarked
package io.penstock.examples.benchmarks;

import org.jspecify.annotations.NullMarked;
