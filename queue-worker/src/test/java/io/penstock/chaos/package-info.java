/** Real processes that are killed, and the checker over what they leave behind. */
@NullMarked
package io.penstock.chaos;

import org.jspecify.annotations.NullMarked;
