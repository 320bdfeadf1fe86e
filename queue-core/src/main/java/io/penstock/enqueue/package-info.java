/**
 * From a new job to a row, in the caller's transaction or in one of our own. Not API.
 */
@NullMarked
package io.penstock.enqueue;

import org.jspecify.annotations.NullMarked;
