/** What stands between a handler and something it calls that fails now and then, or takes no more than so much. */
@NullMarked
package io.penstock.downstream;

import org.jspecify.annotations.NullMarked;
