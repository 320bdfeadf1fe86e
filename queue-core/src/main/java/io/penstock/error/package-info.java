/**
 * One exception type per possible reaction.
 */
@NullMarked
package io.penstock.error;

import org.jspecify.annotations.NullMarked;
