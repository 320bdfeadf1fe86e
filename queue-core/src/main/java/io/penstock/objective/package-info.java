/** Objectives: what is promised of queues, how it is counted, and what the counts mean. */
@NullMarked
package io.penstock.objective;

import org.jspecify.annotations.NullMarked;
