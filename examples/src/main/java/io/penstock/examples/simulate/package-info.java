/** The dispatch policy on a virtual clock, beside what else could be done: what its defaults were chosen by. */
@NullMarked
package io.penstock.examples.simulate;

import org.jspecify.annotations.NullMarked;
