/**
 * Writes to two databases, such as an old cluster and the new one: the one in charge commits with the order to mirror the write to the other, and never
 * waits for that.
 */
@NullMarked
package io.penstock.dualwrite;

import org.jspecify.annotations.NullMarked;
