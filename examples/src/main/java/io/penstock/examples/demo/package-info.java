/**
 * The demo: runbook steps that have to be quick share sixteen slots with a flood of CloudTrail deliveries, in four ways.
 *
 * <p>{@link io.penstock.examples.demo.Demo} runs one {@link io.penstock.examples.demo.Phase} after the other, each on a
 * database of its own. The two job types call {@link io.penstock.examples.demo.LocalServices} over HTTP and write to
 * tables; {@link io.penstock.examples.demo.Measurement} reads what happened from the rows that the queue keeps.
 */
@NullMarked
package io.penstock.examples.demo;

import org.jspecify.annotations.NullMarked;
