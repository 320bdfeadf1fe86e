/** Arrivals, recorded or made up, played through the alert rules on a virtual clock. */
@NullMarked
package io.penstock.examples.replay;

import org.jspecify.annotations.NullMarked;
