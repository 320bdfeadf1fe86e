/**
 * Schedules: rules that say when, the job that each tick makes, and what becomes of ticks that were missed.
 */
@NullMarked
package io.penstock.schedule;

import org.jspecify.annotations.NullMarked;
