/** The incidents, replayed: a naive set-up has the outage, Penstock has not, and the operator is told in time. */
@NullMarked
package io.penstock.examples.drill;

import org.jspecify.annotations.NullMarked;
