/**
 * The vocabulary: jobs, types, attempts, outcomes, budgets and the limits on all of them. Depends on nothing.
 */
@NullMarked
package io.penstock.job;

import org.jspecify.annotations.NullMarked;
